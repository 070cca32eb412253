using System.Text;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Hooks;

/// <summary>The host's log, for what a process without anybody to tell has to say.</summary>
internal static class HostLog
{
    /// <summary>One line in the kernel's log, where dmesg and the journal show it.</summary>
    public static void Warn(string message)
    {
        const string warning = "<4>";
        try
        {
            using var log = FileDescriptor.Open("/dev/kmsg", OpenFlags.O_WRONLY);
            log.WriteAll(Encoding.UTF8.GetBytes($"{warning}orch-runtime: {message.ReplaceLineEndings(" ")}\n"));
        }
        catch (LinuxException)
        {
            // A host that has no such log, or keeps us from it.
        }
    }
}
