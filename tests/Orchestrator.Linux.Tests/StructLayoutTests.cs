using System.Diagnostics;
using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Mounts;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Linux.Tests;

/// <summary>Our structs and numbers against those of the C headers, as gcc sees them.</summary>
public sealed class StructLayoutTests
{
    [Fact]
    public void Structs_and_constants_are_those_of_the_headers()
    {
        var expected = new Dictionary<string, long>
        {
            ["sizeof(struct stat)"] = Marshal.SizeOf<FileStatus>(),
            ["offsetof(struct stat, st_mode)"] = Offset<FileStatus>("Mode"),
            ["offsetof(struct stat, st_rdev)"] = Offset<FileStatus>("SpecialDevice"),
            ["offsetof(struct stat, st_size)"] = Offset<FileStatus>("Size"),
            ["offsetof(struct stat, st_mtim)"] = Offset<FileStatus>("ModifySeconds"),
            ["sizeof(struct epoll_event)"] = Marshal.SizeOf<Epoll.EpollEvent>(),
            ["offsetof(struct epoll_event, data)"] = Offset<Epoll.EpollEvent>("Key"),
            ["sizeof(struct msghdr)"] = Marshal.SizeOf<UnixSocket.MessageHeader>(),
            ["offsetof(struct msghdr, msg_control)"] = Offset<UnixSocket.MessageHeader>("Control"),
            ["offsetof(struct msghdr, msg_flags)"] = Offset<UnixSocket.MessageHeader>("Flags"),
            ["sizeof(struct termios)"] = 60,
            ["sizeof(posix_spawn_file_actions_t)"] = 80,
            ["sizeof(posix_spawnattr_t)"] = 336,
            ["sizeof(struct statfs)"] = 120,
            ["sizeof(((struct sockaddr_un*)0)->sun_path)"] = UnixSocket.MaxPath + 1,
            ["CLONE_NEWNS"] = (long)NamespaceKinds.Mount,
            ["CLONE_NEWCGROUP"] = (long)NamespaceKinds.Cgroup,
            ["CLONE_NEWPID"] = (long)NamespaceKinds.Pid,
            ["CLONE_NEWNET"] = (long)NamespaceKinds.Network,
            ["MS_REC"] = (long)MountFlags.Recursive,
            ["MS_SLAVE"] = (long)MountFlags.Slave,
            ["MS_STRICTATIME"] = (long)MountFlags.StrictAtime,
            ["O_DIRECTORY"] = (long)OpenFlags.O_DIRECTORY,
            ["O_PATH"] = (long)OpenFlags.O_PATH,
            ["O_NOFOLLOW"] = (long)OpenFlags.O_NOFOLLOW,
            ["EPOLLRDHUP"] = (long)PollEvents.ReadHangUp,
        };

        var actual = AskCompiler(expected.Keys);

        Assert.Equal(expected, actual);
    }

    private static long Offset<T>(string field) => Marshal.OffsetOf<T>(field);

    private static Dictionary<string, long> AskCompiler(IEnumerable<string> expressions)
    {
        const string headers = """
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <stdio.h>
            #include <fcntl.h>
            #include <sched.h>
            #include <spawn.h>
            #include <termios.h>
            #include <sys/epoll.h>
            #include <sys/mount.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/un.h>
            #include <sys/vfs.h>
            """;
        var directory = Directory.CreateTempSubdirectory("orch-layout").FullName;
        var prints = expressions.Select(e => $"printf(\"%ld\\n\", (long)({e}));");
        File.WriteAllText($"{directory}/l.c", $"{headers}\nint main(void) {{ {string.Join('\n', prints)} }}\n");
        Run("gcc", "-o", $"{directory}/l", $"{directory}/l.c");
        var lines = Run($"{directory}/l").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Directory.Delete(directory, recursive: true);
        return expressions.Zip(lines.Select(l => long.Parse(l, System.Globalization.CultureInfo.InvariantCulture)))
            .ToDictionary(p => p.First, p => p.Second);
    }

    private static string Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
