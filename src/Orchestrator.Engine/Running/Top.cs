using System.Diagnostics;
using System.Globalization;
using Orchestrator.Engine.Containers;

namespace Orchestrator.Engine.Running;

/// <summary>
/// A container's processes, as the host's ps(1) shows them where it understands the arguments asked for.
/// </summary>
internal static class Top
{
    private const string Default = "-ef";

    /// <param name="pid">Pid 1 of the container.</param>
    public static async Task<ProcessTable> ReadAsync(int pid, string arguments, CancellationToken cancellationToken)
    {
        var asked = arguments.Length > 0 ? arguments : Default;
        var output = await RunAsync(asked.Split(' ', StringSplitOptions.RemoveEmptyEntries), cancellationToken);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var titles = lines.Length > 0 ? Fields(lines[0], int.MaxValue) : [];
        var column = titles.IndexOf("PID");
        if (column < 0)
            throw EngineException.Invalid("couldn't find PID field in ps output");
        var members = MembersOf(pid);
        return new ProcessTable(titles,
        [
            .. lines.Skip(1).Select(line => Fields(line, titles.Count))
                .Where(fields =>
                    int.TryParse(fields[column], CultureInfo.InvariantCulture, out var id) && members.Contains(id)),
        ]);
    }

    /// <summary>All processes in the container's pid namespace.</summary>
    private static HashSet<int> MembersOf(int pid)
    {
        var own = Namespace($"{pid}");
        var members = new HashSet<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            var name = Path.GetFileName(directory);
            if (char.IsAsciiDigit(name[0]) && own is not null && Namespace(name) == own)
                members.Add(int.Parse(name, CultureInfo.InvariantCulture));
        }

        return members;
    }

    private static string? Namespace(string pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("ps", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var ps = Process.Start(start)!;
            var errors = ps.StandardError.ReadToEndAsync(cancellationToken);
            var output = await ps.StandardOutput.ReadToEndAsync(cancellationToken);
            await ps.WaitForExitAsync(cancellationToken);
            return ps.ExitCode == 0 ? output : throw EngineException.Invalid($"ps: {(await errors).Trim()}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new EngineException(
                EngineError.Internal, "ps is not installed on this host (Debian: apt install procps)", e);
        }
    }

    private static List<string> Fields(string line, int count) =>
        [.. line.Split((char[]?)null, count, StringSplitOptions.RemoveEmptyEntries).Select(field => field.Trim())];
}
