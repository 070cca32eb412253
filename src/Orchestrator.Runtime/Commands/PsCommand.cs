using System.Globalization;
using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>ps</c>: the pids of the cgroup, as the host counts them; as a table, the lines of the host's ps(1) about
/// them.</summary>
internal static class PsCommand
{
    public static int Execute(Invocation invocation)
    {
        var pids = invocation.Container().Cgroups.Processes().Order().ToArray();
        if (Formats.IsJson(invocation.Arguments))
            return CommandLine.Print($"[{string.Join(',', pids)}]\n");
        string[] options = [.. invocation.Arguments.Words.Skip(1)];
        return CommandLine.Print(Select(HostPs(options.Length > 0 ? options : ["-ef"]), pids));
    }

    /// <summary>The heading, and the lines whose PID column holds one of the numbers.</summary>
    internal static string Select(string table, IReadOnlyCollection<int> pids)
    {
        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var column = Array.IndexOf(Words(lines.FirstOrDefault() ?? ""), "PID");
        if (column < 0)
            throw new RuntimeException("the output of ps has no PID column to select by; give it one, as -o pid,args");
        var wanted = pids.Select(p => p.ToString(CultureInfo.InvariantCulture)).ToHashSet();
        var text = new StringBuilder(lines[0]).Append('\n');
        foreach (var line in lines.Skip(1).Where(l => Words(l) is var w && w.Length > column && wanted.Contains(w[column])))
            text.Append(line).Append('\n');
        return text.ToString();
    }

    private static string HostPs(string[] options)
    {
        var program = ((string[])["/bin/ps", "/usr/bin/ps"]).FirstOrDefault(File.Exists)
            ?? throw new RuntimeException("this host has no ps; install procps, or use --format json");
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        {
            using var none = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
            int pid;
            using (write)
                pid = Child.Spawn(program, ["ps", .. options], none, write, StandardStreams.Inherited()[2]);
            var output = ReadAll(read);
            return Child.Reap(pid).ExitCode is var code and not 0
                ? throw new RuntimeException($"ps {string.Join(' ', options)} ended with {code}")
                : output;
        }
    }

    private static string ReadAll(FileDescriptor from)
    {
        using var text = new MemoryStream();
        var buffer = new byte[8192];
        for (int count; (count = from.Read(buffer)) > 0;)
            text.Write(buffer, 0, count);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
