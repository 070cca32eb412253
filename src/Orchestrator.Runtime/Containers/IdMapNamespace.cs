using Orchestrator.Init;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Containers;

/// <summary>A user namespace that only stands for id maps: what an idmapped mount is given. An init makes it, and is
/// gone; the descriptor keeps it.</summary>
internal static class IdMapNamespace
{
    private static readonly PlanEntry[] Plan =
    [
        new(PlanOp.Unshare, "new user namespace") { A = (long)Linux.Processes.NamespaceKinds.User },
        new(PlanOp.Ask, "map users") { A = (long)InitRequest.IdMaps },
    ];

    public static FileDescriptor Make(IdMapping[] users, IdMapping[] groups)
    {
        using var nothing = StandardStreams.Null();
        var maker = new Maker(users, groups);
        using var init = InitProcess.Start(Plan, [nothing, nothing, nothing], maker);
        init.AwaitEnd();
        return maker.Made ?? throw new RuntimeException("no user namespace could be made for an idmapped mount");
    }

    private sealed class Maker(IdMapping[] users, IdMapping[] groups) : IInitRequests
    {
        public FileDescriptor? Made { get; private set; }

        public void Answer(InitRequest request, int pid)
        {
            IdMaps.Write(pid, users, groups);
            Made = FileDescriptor.Open($"/proc/{pid}/ns/user", OpenFlags.O_RDONLY);
        }
    }
}
