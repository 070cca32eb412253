using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Validation;

/// <summary>Of <c>hooks</c>.</summary>
internal static class HookRules
{
    public static IEnumerable<string> Faults(HooksSpec hooks)
    {
        (string Name, HookSpec[]? Hooks)[] all =
        [
            ("prestart", hooks.Prestart), ("createRuntime", hooks.CreateRuntime),
            ("createContainer", hooks.CreateContainer), ("startContainer", hooks.StartContainer),
            ("poststart", hooks.Poststart), ("poststop", hooks.Poststop),
        ];
        return all.SelectMany(k => (k.Hooks ?? []).Index()
            .SelectMany(h => Faults(h.Item, $"hooks.{k.Name}[{h.Index}]")));
    }

    private static IEnumerable<string> Faults(HookSpec hook, string field)
    {
        if (!hook.Path.StartsWith('/'))
            yield return $"{field}.path: \"{hook.Path}\" is not an absolute path";
        if (hook.Timeout is <= 0)
            yield return $"{field}.timeout: {hook.Timeout} is not more than 0 seconds";
    }
}
