using System.Text.RegularExpressions;
using Orchestrator.Manager.Scheduling;
using Orchestrator.Model;

namespace Orchestrator.Manager.ControlApi;

/// <summary>Whether tasks can be run as asked, as far as that can be told without a node. Pure.</summary>
internal static partial class TaskSpecValidator
{
    private const long LeastCpus = 1_000_000;
    private const long LeastMemory = 4 << 20;

    /// <exception cref="UserException">They cannot.</exception>
    public static void Validate(TaskSpec spec)
    {
        ValidateContainer(spec.Container);
        ValidateResources(spec.Resources.Limits);
        ValidateResources(spec.Resources.Reservations);
        ValidateRestart(spec.Restart);
        foreach (var text in spec.Placement.Constraints)
        {
            if (!Constraint.TryParse(text, out _, out var fault))
                throw UserErrors.Invalid(
                    $"invalid constraint \"{text}\": {fault}", "Example: --constraint node.role==worker");
        }
    }

    private static void ValidateContainer(ContainerSpec container)
    {
        if (container.Image.Length == 0)
            throw UserErrors.Invalid(
                "ContainerSpec: image reference must be provided", "Name an image: orch service create IMAGE");
        if (!Image().IsMatch(container.Image))
        {
            throw UserErrors.Invalid(
                $"ContainerSpec: \"{container.Image}\" is not a valid repository/tag",
                "Write [HOST[:PORT]/]NAME[:TAG][@DIGEST] with a lower-case NAME.");
        }

        if (container.Mounts.FirstOrDefault(m => !m.Target.StartsWith('/')) is { } mount)
            throw UserErrors.Invalid(
                $"invalid mount target, must be an absolute path: {mount.Target}", "Begin the target with /.");
        if (container.Mounts.GroupBy(m => m.Target).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw UserErrors.Invalid($"ContainerSpec: duplicate mount point: {twice.Key}", "Mount one thing there.");
        if (container.StopGracePeriod < TimeSpan.Zero)
            throw UserErrors.Invalid("ContainerSpec: stop-grace-period cannot be negative");
    }

    private static void ValidateResources(Resources resources)
    {
        if (resources.NanoCpus != 0 && resources.NanoCpus < LeastCpus)
            throw UserErrors.Invalid(
                $"invalid cpu value {resources.NanoCpus / 1e9:g}: Must be at least {LeastCpus / 1e9:g}");
        if (resources.MemoryBytes != 0 && resources.MemoryBytes < LeastMemory)
            throw UserErrors.Invalid($"invalid memory value {resources.MemoryBytes}: Must be at least 4MiB");
    }

    private static void ValidateRestart(RestartPolicy restart)
    {
        if (restart.Delay < TimeSpan.Zero)
            throw UserErrors.Invalid("TaskSpec: restart-delay cannot be negative");
        if (restart.Window < TimeSpan.Zero)
            throw UserErrors.Invalid("TaskSpec: restart-window cannot be negative");
    }

    // The grammar of references, as far as a service needs it: the node that pulls reads it in full.
    [GeneratedRegex(
        @"^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9]+:[0-9a-f]{32,})?$")]
    private static partial Regex Image();
}
