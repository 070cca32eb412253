using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Outlines;

/// <summary>What a build of one target can be given, and asks for.</summary>
/// <param name="Name">Of the target; empty where it has none.</param>
/// <param name="Description">Of the comment right above it: <c># NAME DESCRIPTION</c>.</param>
public sealed record DockerfileOutline(
    string Name, string Description, ImmutableArray<OutlineArgument> Arguments, ImmutableArray<OutlineItem> Secrets,
    ImmutableArray<OutlineItem> Agents, ImmutableArray<OutlineItem> Caches);

/// <param name="Value">What it would be in this build; empty: nothing yet.</param>
public sealed record OutlineArgument(string Name, string Description, string Value, Position Position);

/// <summary>Something that a RUN step mounts.</summary>
/// <param name="Required">The build fails without it.</param>
public sealed record OutlineItem(string Name, bool Required, Position Position);

/// <summary>A stage that can be built.</summary>
/// <param name="Name">Empty: it has none, but <c>--target</c> takes its number.</param>
/// <param name="IsDefault">The one that is built where none is named.</param>
/// <param name="Base">As written.</param>
public sealed record OutlineTarget(
    string Name, bool IsDefault, string Description, string Base, string Platform, Position Position);
