using Orchestrator.Init;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Plans;

namespace Orchestrator.Runtime.Checks;

/// <summary>Finds out by doing it once.</summary>
internal static class Probe
{
    /// <summary>Here, in this process.</summary>
    /// <returns>Null: it worked; else why not.</returns>
    public static string? Do(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RuntimeException)
        {
            return e.Message;
        }
    }

    /// <summary>In an init of its own, which ends afterwards: what changes a process changes that one.</summary>
    /// <inheritdoc cref="Do"/>
    public static string? InInit(params IReadOnlyList<PlanEntry> steps) => Do(() =>
    {
        using var none = StandardStreams.Null();
        InitProcess.TryOut(
            [.. steps, new(PlanOp.WaitForStart, "wait")], (FileDescriptor[])[none, none, none],
            new ProcessRequests(new ProcessSpec()));
    });

    /// <summary>A finding out of such an answer.</summary>
    public static Finding Found(string area, string name, string? failure, string detail, string cost) =>
        failure is null ? Finding.Present(area, name, detail) : Finding.Missing(area, name, failure, cost);
}
