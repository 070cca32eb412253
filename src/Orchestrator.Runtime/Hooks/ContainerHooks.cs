using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Hooks;

/// <summary>The hooks whose failure changes nothing any more.</summary>
internal static class ContainerHooks
{
    /// <summary>Runs the poststart hooks; the program has been executed.</summary>
    /// <param name="warn">Is told of one that failed: the container runs nevertheless.</param>
    public static void Started(RuntimeSpec spec, HookState state, int pid, Action<string> warn)
    {
        if (spec.Hooks?.Poststart is { Length: > 0 } hooks)
            HookRunner.RunEach(hooks, "poststart", state.Bundle, state.Text("running", pid), warn);
    }

    /// <summary>Runs the poststop hooks; nothing is left of the container but its bundle.</summary>
    /// <param name="warn">Is told of one that failed: the container is gone nevertheless.</param>
    public static void Removed(RuntimeSpec spec, HookState state, Action<string> warn)
    {
        if (spec.Hooks?.Poststop is { Length: > 0 } hooks)
            HookRunner.RunEach(hooks, "poststop", state.Bundle, state.Text("stopped", 0), warn);
    }
}
