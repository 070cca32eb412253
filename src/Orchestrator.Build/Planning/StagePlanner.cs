using System.Collections.Immutable;
using Orchestrator.Build.Syntax;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Planning;

/// <summary>Finds out which stages a build needs, and what each stands on. Pure.</summary>
public static class StagePlanner
{
    /// <exception cref="BuildException">There is no such target.</exception>
    /// <exception cref="DockerfileException">A base that makes no sense.</exception>
    public static BuildPlan Plan(Dockerfile dockerfile, BuildInputs inputs)
    {
        var meta = MetaArguments.Evaluate(dockerfile, inputs);
        var stages = new List<StagePlan>();
        foreach (var stage in dockerfile.Stages)
            stages.Add(Describe(stage, dockerfile, inputs, meta));
        var target = Find(stages, inputs.Target);
        var needed = Reach(stages, target);
        var next = dockerfile.MetaArgs.Length + 1;
        for (var i = 0; i < stages.Count; i++)
        {
            if (!needed.Contains(i))
                continue;
            stages[i] = stages[i] with { FirstStep = next };
            next += 1 + stages[i].Stage.Instructions.Length;
        }

        var labelled = inputs.Labels.Count > 0 ? 1 : 0;
        return new BuildPlan(
            dockerfile, inputs, [.. stages], stages[target], needed, meta, next - 1 + labelled,
            Unused(dockerfile, inputs));
    }

    /// <summary>The stage or image that <c>--from</c> names, seen from a stage.</summary>
    /// <exception cref="DockerfileException">A stage that is not above.</exception>
    public static StageBase Source(string from, int seenFrom, Dockerfile dockerfile, Position position)
    {
        var called = dockerfile.Stages.FirstOrDefault(stage => stage.IsCalled(from) && stage.Index < seenFrom);
        if (called is not null)
            return new StageBase.OfStage(called.Index);
        if (dockerfile.Stages.Any(stage => stage.IsCalled(from)) || int.TryParse(from, out _))
            throw new DockerfileException(
                $"invalid from flag value {from}: it must name a stage above this one, or an image", position);
        return from == "scratch" ? new StageBase.Scratch() : new StageBase.OfImage(from);
    }

    private static StagePlan Describe(
        Stage stage, Dockerfile dockerfile, BuildInputs inputs, ImmutableDictionary<string, string?> meta)
    {
        var variables = new Variables(name => meta.GetValueOrDefault(name), dockerfile.Directives.Escape);
        var name = variables.Expand(stage.From.Base, stage.Position);
        if (name.Length == 0)
            throw new DockerfileException($"base name ({stage.From.Base}) should not be blank", stage.Position);
        var on = BaseOf(name, stage, dockerfile);
        var platform = stage.From.Platform is { } text
            ? ParsePlatform(variables.Expand(text, stage.Position), stage.Position)
            : inputs.Platform ?? inputs.BuildPlatform;
        return new StagePlan(stage, 0, on, platform, Dependencies(stage, on, dockerfile));
    }

    private static StageBase BaseOf(string name, Stage stage, Dockerfile dockerfile)
    {
        var above = dockerfile.Stages.LastOrDefault(other => other.Index < stage.Index
            && string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase));
        return above is not null ? new StageBase.OfStage(above.Index)
            : name == "scratch" ? new StageBase.Scratch() : new StageBase.OfImage(name);
    }

    private static Platform ParsePlatform(string text, Position position)
    {
        try
        {
            return Platform.Parse(text);
        }
        catch (FormatException e)
        {
            throw new DockerfileException($"failed to parse platform {text}: {e.Message}", position);
        }
    }

    private static ImmutableSortedSet<int> Dependencies(Stage stage, StageBase on, Dockerfile dockerfile)
    {
        var sources = stage.Instructions.SelectMany(Froms).Select(
            from => Source(from.Name, stage.Index, dockerfile, from.Position));
        return [.. sources.Prepend(on).OfType<StageBase.OfStage>().Select(source => source.Index)];
    }

    /// <summary>What an instruction takes files from besides the context.</summary>
    private static IEnumerable<(string Name, Position Position)> Froms(Instruction instruction) => instruction switch
    {
        CopyInstruction { From: { } from } => [(from, instruction.Position)],
        RunInstruction run => run.Mounts(value => value).Where(mount => !string.IsNullOrEmpty(mount.From))
            .Select(mount => (mount.From!, instruction.Position)),
        _ => [],
    };

    private static int Find(List<StagePlan> stages, string target)
    {
        if (target.Length == 0)
            return stages.Count - 1;
        var found = stages.FindIndex(stage => stage.Stage.IsCalled(target));
        return found >= 0 ? found : throw new BuildException(
            $"failed to reach build target {target} in Dockerfile: there is no stage of that name or index");
    }

    private static ImmutableSortedSet<int> Reach(List<StagePlan> stages, int target)
    {
        var needed = new SortedSet<int>();
        var open = new Stack<int>([target]);
        while (open.TryPop(out var index))
        {
            if (needed.Add(index))
            {
                foreach (var other in stages[index].DependsOn)
                    open.Push(other);
            }
        }

        return [.. needed];
    }

    private static ImmutableArray<string> Unused(Dockerfile dockerfile, BuildInputs inputs)
    {
        var asked = dockerfile.Stages.SelectMany(stage => stage.Instructions).OfType<ArgInstruction>()
            .Concat(dockerfile.MetaArgs).SelectMany(arg => arg.Arguments).Select(arg => arg.Name).ToHashSet();
        return
        [
            .. inputs.BuildArgs.Keys.Where(name => !asked.Contains(name) && !PredefinedArgs.IsKnown(name))
                .Order(StringComparer.Ordinal),
        ];
    }
}
