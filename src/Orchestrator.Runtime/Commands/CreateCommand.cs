using System.Globalization;
using System.Text;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>create</c> and <c>start</c>: a shim of its own stays as the container's parent; the container has the
/// streams of whoever created it.</summary>
internal static class CreateCommand
{
    private const int ReadyFd = 3;

    public static int Create(StateRoot root, Arguments arguments)
    {
        var id = arguments.Id();
        var state = root.Claim(id);
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        {
            string[] command =
            [
                .. Self(), "shim", "--inherit-stdio", $"--ready-fd={ReadyFd}", "--id", id, "--state", state,
                "--bundle", Path.GetFullPath(arguments["bundle"] ?? arguments["b"] ?? "."),
            ];
            using (write)
                Child.Spawn(Environment.ProcessPath!, command, [.. StandardStreams.Inherited(), write]);
            var pid = ReadReady(read, state);
            if (arguments["pid-file"] is { } pidFile)
                File.WriteAllText(pidFile, pid.ToString(CultureInfo.InvariantCulture));
        }

        return 0;
    }

    public static int Start(StateRoot root, Arguments arguments)
    {
        Shim(root, arguments).StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        return 0;
    }

    /// <summary>The shim of a created container.</summary>
    public static ShimClient Shim(StateRoot root, Arguments arguments)
    {
        var directory = root.Find(arguments.Id());
        if (!File.Exists(directory.ControlSocket))
            throw new RuntimeException($"container {arguments.Id()} was not made by create");
        return ShimClient.ConnectAsync(directory.ControlSocket, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static int ReadReady(FileDescriptor from, string state)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        for (int count; (count = from.Read(buffer)) > 0;)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            if (text[^1] == '\n')
                break;
        }

        var words = text.ToString().TrimEnd().Split(' ', 3);
        if (words is ["ready", var pid])
            return int.Parse(pid, CultureInfo.InvariantCulture);
        Directory.Delete(state, recursive: true);
        throw words is ["error", var code, var message]
            ? new RuntimeException(message, int.Parse(code, CultureInfo.InvariantCulture))
            : new RuntimeException("the shim ended without a word; see the kernel log");
    }

    /// <summary>argv of this very program; under the just-in-time runtime that is dotnet with our assembly.</summary>
    private static string[] Self() => Environment.ProcessPath!.EndsWith("/dotnet", StringComparison.Ordinal)
        ? ["dotnet", "--roll-forward", "Major", Path.Combine(AppContext.BaseDirectory, "orch-runtime.dll")]
        : ["orch-runtime"];
}
