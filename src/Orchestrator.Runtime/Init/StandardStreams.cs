using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Init;

/// <summary>Ready-made descriptors 0, 1, 2 for a child.</summary>
internal static class StandardStreams
{
    /// <summary>Our own.</summary>
    public static FileDescriptor[] Inherited() =>
        [FileDescriptor.Borrow(0), FileDescriptor.Borrow(1), FileDescriptor.Borrow(2)];

    public static FileDescriptor Null() => FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR);
}
