using System.Diagnostics;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;

namespace Orchestrator.Runtime.Tests;

/// <summary>A bundle of busybox and the runtime's own program, run as users run it. ORCH_RUNTIME names a native build to
/// test instead of the one beside the tests.</summary>
internal sealed class TestContainer : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("ort").FullName;

    public TestContainer(params string[] args)
    {
        Id = "t" + Path.GetFileName(directory)[3..];
        Directory.CreateDirectory($"{directory}/rootfs/bin");
        File.Copy("/bin/busybox", $"{directory}/rootfs/bin/busybox");
        foreach (var applet in (string[])["sh", "cat", "id", "sleep", "ls", "true", "grep", "mkdir", "tty", "hostname", "dd", "head", "tail", "seq", "readlink", "stty", "wc", "test", "yes"])
            File.CreateSymbolicLink($"{directory}/rootfs/bin/{applet}", "busybox");
        Spec = ContainerDefaults.Spec("rootfs", args, $"/orch-test/{Id}");
    }

    /// <summary>The runtime's own command line, up to its flags.</summary>
    public static IReadOnlyList<string> Program { get; } =
        Environment.GetEnvironmentVariable("ORCH_RUNTIME") is { } native
            ? [native]
            : ["dotnet", "--roll-forward", "Major", Path.Combine(AppContext.BaseDirectory, "orch-runtime.dll")];

    /// <summary>The program under test is a native build.</summary>
    public static bool IsNative => Environment.GetEnvironmentVariable("ORCH_RUNTIME") is not null;

    public string Id { get; }

    public RuntimeSpec Spec { get; set; }

    public string LogPath => $"{directory}/log";

    public string RootFs => $"{directory}/rootfs";

    public ShimDirectory State => new($"{directory}/state");

    /// <summary>More mounts, after the usual ones.</summary>
    public TestContainer With(params MountSpec[] mounts)
    {
        Spec = Spec with { Mounts = [.. Spec.Mounts!, .. mounts] };
        return this;
    }

    /// <summary>A user namespace of its own, whose root is <paramref name="host"/> outside; the image is that one's.
    /// </summary>
    public TestContainer WithUserNamespace(uint host = 100_000, uint size = 65_536)
    {
        IdMapping[] map = [new(0, host, size)];
        var linux = Spec.Linux!;
        Spec = Spec with
        {
            Linux = linux with { Namespaces = [.. linux.Namespaces!, new("user")], UidMappings = map, GidMappings = map },
        };
        GiveTo(RootFs, host);
        return this;
    }

    /// <summary>Of the bundle, and of whatever else a test keeps.</summary>
    public string Folder => directory;

    /// <summary>Runs to the end.</summary>
    public (int ExitCode, string Output, string Errors) Run(string? input = null)
    {
        using var process = Start("--root", $"{directory}/root", "run", "--bundle", Bundle(), Id);
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    /// <summary>Any command, with a root of this test's own. Its output goes to files: a pipe would be held open by a
    /// container that outlives the command.</summary>
    public (int ExitCode, string Output, string Errors) Command(params string[] arguments)
    {
        string[] redirected =
            ["-c", "exec \"$@\" >\"$0/out\" 2>\"$0/err\" </dev/null", directory, .. Program, "--root", $"{directory}/root"];
        using var process = Process.Start("sh", [.. redirected, .. arguments]);
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllText($"{directory}/out"), File.ReadAllText($"{directory}/err"));
    }

    /// <summary><c>check --format json</c> under another program.</summary>
    public (int ExitCode, string Output, string Errors) Bare(params string[] under)
    {
        string[] redirected = ["-c", "exec \"$@\" >\"$0/out\" 2>\"$0/err\" </dev/null", directory, .. under, .. Program];
        using var process = Process.Start("sh", [.. redirected, "check", "--format", "json"]);
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllText($"{directory}/out"), File.ReadAllText($"{directory}/err"));
    }

    /// <summary>A command that must work; what it printed.</summary>
    public string Must(params string[] arguments)
    {
        var (code, output, errors) = Command(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {code}, {errors}");
        return output;
    }

    /// <summary>A command that must not work; what it complained of.</summary>
    public string Refused(params string[] arguments)
    {
        var (code, _, errors) = Command(arguments);
        Assert.True(code != 0, $"{string.Join(' ', arguments)}: done");
        return errors;
    }

    /// <summary>config.json is written, and the directory told.</summary>
    public string Bundle()
    {
        BundleDirectory.Write(directory, Spec);
        return directory;
    }

    /// <summary>The shim's one line.</summary>
    public string StartShim(params string[] more)
    {
        BundleDirectory.Write(directory, Spec);
        var process = Start(["shim", "--id", Id, "--bundle", directory, "--state", State.Path, "--log-path", LogPath, .. more]);
        return process.StandardOutput.ReadLine() ?? "nothing";
    }

    public Task<ShimClient> ConnectAsync() => ShimClient.ConnectAsync(State.ControlSocket, CancellationToken.None);

    /// <summary>Starts the shim, which must be ready, and connects.</summary>
    public Task<ShimClient> CreateAsync(params string[] more)
    {
        Assert.StartsWith("ready ", StartShim(more), StringComparison.Ordinal);
        return ConnectAsync();
    }

    public IEnumerable<string> Cgroups() => Directory.EnumerateDirectories("/sys/fs/cgroup")
        .Select(h => $"{h}/orch-test/{Id}").Append($"/sys/fs/cgroup/orch-test/{Id}").Where(Directory.Exists);

    public void Dispose()
    {
        if (File.Exists(State.ControlSocket))
        {
            try
            {
                ConnectAsync().Result.DeleteAsync(CancellationToken.None).Wait();
            }
            catch (AggregateException)
            {
                // A test that killed its shim.
            }
        }

        if (Directory.Exists($"{directory}/root/{Id}"))
            Must("delete", "--force", Id);
        Directory.Delete(directory, recursive: true);
        RemoveParent();
    }

    private static void GiveTo(string path, uint owner)
    {
        using var directory = DirectoryHandle.Open(path);
        directory.ChangeOwner(".", owner, owner);
        foreach (var name in Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName))
            directory.ChangeOwner(name!, owner, owner);
    }

    /// <summary>The last of those that run at the same time succeeds.</summary>
    private static void RemoveParent()
    {
        foreach (var parent in Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
        {
            try
            {
                Directory.Delete($"{parent}/orch-test");
            }
            catch (IOException)
            {
                // Not there, or another test's container is in it.
            }
        }
    }

    /// <summary>The runtime itself, with its streams redirected.</summary>
    public static Process Start(params string[] arguments)
    {
        return Process.Start(new ProcessStartInfo(Program[0], [.. Program.Skip(1), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
    }
}
