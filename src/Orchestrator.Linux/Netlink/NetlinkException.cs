using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Netlink;

/// <summary>The kernel refused a netlink message: what was asked, its errno, and its own words where it gave
/// any.</summary>
#pragma warning disable CA1032 // Without operation and errno it would say nothing.
public sealed class NetlinkException(string operation, Errno errno, string? kernelText)
    : IOException(Describe(operation, errno, kernelText), (int)errno)
{
    public string Operation { get; } = operation;

    public Errno Errno { get; } = errno;

    /// <summary>Text of the extended acknowledgement, e.g. <c>Unknown device type</c>.</summary>
    public string? KernelText { get; } = kernelText;

    private static string Describe(string operation, Errno errno, string? text) =>
        $"{operation}: {errno}, {text ?? Marshal.GetPInvokeErrorMessage((int)errno)}";
}
