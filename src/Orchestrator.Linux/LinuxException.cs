using System.Runtime.InteropServices;

namespace Orchestrator.Linux;

/// <summary>A system call failed: which call, on what, and why.</summary>
#pragma warning disable CA1032 // Without call, subject and errno it would say nothing.
public sealed class LinuxException(string call, string subject, Errno errno)
    : IOException($"{call}({subject}): {errno}, {Marshal.GetPInvokeErrorMessage((int)errno)}", (int)errno)
{
    public string Call { get; } = call;

    public Errno Errno { get; } = errno;

    /// <summary>Returns <paramref name="result"/>, or throws with the errno that the P/Invoke just saved.</summary>
    public static int Check(int result, string call, string subject) =>
        result >= 0 ? result : throw new LinuxException(call, subject, (Errno)Marshal.GetLastPInvokeError());

    /// <inheritdoc cref="Check(int, string, string)"/>
    public static long Check(long result, string call, string subject) =>
        result >= 0 ? result : throw new LinuxException(call, subject, (Errno)Marshal.GetLastPInvokeError());
}
