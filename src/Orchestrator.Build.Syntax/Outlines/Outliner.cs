using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Outlines;

/// <summary>Tells what a Dockerfile can be asked to build, and with what. Pure.</summary>
/// <remarks>Source: docs.docker.com, "docker buildx build", --call.</remarks>
public static class Outliner
{
    /// <summary>Every stage, in order.</summary>
    public static ImmutableArray<OutlineTarget> Targets(Dockerfile file) =>
    [
        .. file.Stages.Select(stage => new OutlineTarget(
            stage.Name ?? "", stage.Index == file.Stages.Length - 1, DescriptionOf(stage.From, stage.Name ?? ""),
            stage.From.Base, stage.From.Platform ?? "", stage.Position)),
    ];

    /// <param name="target">A stage by name or number; empty: the last.</param>
    /// <param name="given">Build arguments.</param>
    /// <returns>Null: there is no such stage.</returns>
    /// <exception cref="DockerfileException">A mount that makes no sense.</exception>
    public static DockerfileOutline? Of(
        Dockerfile file, string target, IReadOnlyDictionary<string, string?> given)
    {
        var stage = target.Length == 0 ? file.Stages[^1] : file.Stages.FirstOrDefault(one => one.IsCalled(target));
        if (stage is null) return null;
        var stages = Needed(file, stage);
        var mounts = stages.SelectMany(one => one.Instructions).OfType<RunInstruction>()
            .SelectMany(run => run.Mounts(value => value).Select(mount => (Mount: mount, run.Position))).ToList();
        return new DockerfileOutline(
            stage.Name ?? "", DescriptionOf(stage.From, stage.Name ?? ""),
            ArgumentValues.Of(file, stages, given),
            Items(RunMountType.Secret, mount => mount.Id ?? Last(mount.Target)),
            Items(RunMountType.Ssh, mount => mount.Id is { Length: > 0 } id ? id : "default"),
            Items(RunMountType.Cache, mount => mount.Id is { Length: > 0 } id ? id : mount.Target ?? ""));

        ImmutableArray<OutlineItem> Items(RunMountType type, Func<RunMount, string> name) =>
        [
            .. mounts.Where(one => one.Mount.Type == type)
                .Select(one => new OutlineItem(name(one.Mount), one.Mount.Required, one.Position))
                .GroupBy(item => item.Name).Select(
                    same => same.First() with { Required = same.Any(item => item.Required) }),
        ];
    }

    internal static string DescriptionOf(Instruction instruction, string name)
    {
        var comment = instruction.Source.Comments.LastOrDefault() ?? "";
        return name.Length > 0 && comment.StartsWith(name + " ", StringComparison.OrdinalIgnoreCase)
            ? comment[(name.Length + 1)..].Trim() : "";
    }

    /// <summary>The stage, and those it stands on or takes files from, in the order of the file.</summary>
    private static List<Stage> Needed(Dockerfile file, Stage target)
    {
        var needed = new SortedSet<int> { target.Index };
        for (var i = target.Index; i >= 0; i--)
        {
            if (needed.Contains(i))
                needed.UnionWith(Sources(file.Stages[i]).Select(name => Find(file, name, i)).Where(index => index >= 0));
        }
        return [.. needed.Select(index => file.Stages[index])];
    }

    private static IEnumerable<string> Sources(Stage stage) => stage.Instructions.SelectMany(
        instruction => instruction switch
        {
            CopyInstruction { From: { } from } => [from],
            RunInstruction run => run.Mounts(value => value).Select(mount => mount.From).OfType<string>(),
            _ => Enumerable.Empty<string>(),
        }).Prepend(stage.From.Base);

    /// <returns>-1: an image.</returns>
    private static int Find(Dockerfile file, string name, int before) =>
        file.Stages.LastOrDefault(stage => stage.Index < before && stage.IsCalled(name))?.Index ?? -1;

    private static string Last(string? path) => path is null ? "" : path[(path.LastIndexOf('/') + 1)..];
}
