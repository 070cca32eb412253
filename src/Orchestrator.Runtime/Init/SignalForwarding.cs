using System.Runtime.InteropServices;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Runtime.Init;

/// <summary>Passes the signals a user sends to <c>run</c> or <c>exec</c> on to the process inside.</summary>
internal sealed class SignalForwarding : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;

    private SignalForwarding(PosixSignalRegistration[] registrations) => this.registrations = registrations;

    public static SignalForwarding To(int pid)
    {
        (PosixSignal Name, int Number)[] signals =
            [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)];
        return new([.. signals.Select(s => PosixSignalRegistration.Create(s.Name, context =>
        {
            context.Cancel = true;
            ThisProcess.Kill(pid, s.Number);
        }))]);
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
    }
}
