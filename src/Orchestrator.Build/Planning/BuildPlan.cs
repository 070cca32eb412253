using System.Collections.Immutable;
using Orchestrator.Build.Syntax;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Planning;

/// <summary>What is to be done, as far as the Dockerfile alone tells.</summary>
/// <param name="Stages">Every stage of the file, needed or not, in its order.</param>
/// <param name="Target">The one that becomes the image.</param>
/// <param name="Needed">Indexes of the stages that the target wants, itself included, ascending.</param>
/// <param name="MetaArgs">Values of the arguments above the first FROM.</param>
/// <param name="StepCount">Steps that are shown: arguments, FROMs and instructions of what is needed.</param>
/// <param name="Unused">Build arguments that no ARG asks for.</param>
public sealed record BuildPlan(
    Dockerfile Dockerfile,
    BuildInputs Inputs,
    ImmutableArray<StagePlan> Stages,
    StagePlan Target,
    ImmutableSortedSet<int> Needed,
    ImmutableDictionary<string, string?> MetaArgs,
    int StepCount,
    ImmutableArray<string> Unused);

/// <summary>One stage, its base and platform known.</summary>
/// <param name="FirstStep">Number of its FROM; 0 for a stage that nobody needs.</param>
/// <param name="Base">Where it begins.</param>
/// <param name="Platform">What its base is to run on.</param>
/// <param name="DependsOn">Indexes of the stages it takes files from or stands on.</param>
public sealed record StagePlan(
    Stage Stage, int FirstStep, StageBase Base, Platform Platform, ImmutableSortedSet<int> DependsOn);

/// <summary>Where a stage begins, or where files come from.</summary>
public abstract record StageBase
{
    private StageBase()
    {
    }

    /// <summary>Nothing at all.</summary>
    public sealed record Scratch : StageBase;

    public sealed record OfStage(int Index) : StageBase;

    /// <param name="Name">As written, variables replaced.</param>
    public sealed record OfImage(string Name) : StageBase;
}
