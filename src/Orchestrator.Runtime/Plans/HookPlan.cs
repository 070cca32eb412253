using Orchestrator.Init;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Hooks;

namespace Orchestrator.Runtime.Plans;

/// <summary>Hooks that run in the container, so by init; and the moment for those that run outside.</summary>
internal static class HookPlan
{
    /// <summary>With the file system made, and not yet pivoted into.</summary>
    public static IEnumerable<PlanEntry> BeforePivot(RuntimeSpec spec, HookState state)
    {
        if (spec.Hooks?.Prestart is { Length: > 0 } || spec.Hooks?.CreateRuntime is { Length: > 0 })
            yield return new(PlanOp.Ask, "run hooks") { A = (long)InitRequest.Hooks };
        foreach (var (index, hook) in (spec.Hooks?.CreateContainer ?? []).Index())
            yield return Step(hook, $"hooks.createContainer[{index}]", state, "creating");
    }

    /// <summary>Started, and not yet the program.</summary>
    public static IEnumerable<PlanEntry> BeforeExecute(RuntimeSpec spec, HookState state) =>
        (spec.Hooks?.StartContainer ?? []).Index()
            .Select(h => Step(h.Item, $"hooks.startContainer[{h.Index}]", state, "created"));

    private static PlanEntry Step(HookSpec hook, string field, HookState state, string status)
    {
        var (before, after) = state.Around(status);
        return new(PlanOp.Hook, $"{field} {hook.Path}")
        {
            Text1 = hook.Path,
            Text2 = before,
            Text3 = after,
            Arguments = hook.Args is { Length: > 0 } given ? given : [hook.Path],
            Environment = hook.Env ?? [],
            C = (hook.Timeout ?? 0) * 1000L,
        };
    }
}
