using System.Diagnostics;

namespace Orchestrator.Network.Tests.Pipes;

/// <summary>Debian's own programs, asked inside a container for what the kernel holds.</summary>
internal static class Iproute
{
    public static string Read(TestContainer container, string program, params string[] arguments)
    {
        // The thread's namespace is the child's.
        using var process = container.Namespace.Run(() => Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }))!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
