using System.Diagnostics;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>Debian's own programs, asked inside a container for what the kernel holds.</summary>
internal static class Iproute
{
    public static string Read(TestContainer container, string program, params string[] arguments) =>
        Read(container.Namespace, program, arguments);

    public static string Read(NetNamespace place, string program, params string[] arguments)
    {
        // The thread's namespace is the child's.
        using var process = place.Run(() => Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }))!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
