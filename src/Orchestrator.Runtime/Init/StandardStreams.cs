using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Init;

/// <summary>Ready-made descriptors 0, 1, 2 for a child.</summary>
internal static class StandardStreams
{
    /// <summary>Our own.</summary>
    public static FileDescriptor[] Inherited() =>
        [FileDescriptor.Borrow(0), FileDescriptor.Borrow(1), FileDescriptor.Borrow(2)];

    /// <summary>So that a program may open /dev/stdout again; in a user namespace init itself cannot see to that. Pipes
    /// only: never a file or a device of the host.</summary>
    /// <param name="user">The host's id of who will run; null: nobody of the host.</param>
    public static void GiveTo(uint? user, IEnumerable<FileDescriptor> streams)
    {
        foreach (var stream in streams)
        {
            if (user is { } id && stream.Kind == FileKind.Fifo)
                stream.ChangeOwner(id);
        }
    }

    public static FileDescriptor Null() => FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR);
}
