using System.Collections.Immutable;

namespace Orchestrator.Images;

/// <summary>One row of <c>history</c>, newest first.</summary>
/// <param name="Id">The image's id on the top row; <c>&lt;missing&gt;</c> below, as in docker.</param>
/// <param name="SizeBytes">Of the layer unpacked; zero where the step made none.</param>
public sealed record ImageHistoryLine(
    string Id, DateTimeOffset Created, string CreatedBy, ImmutableArray<string> Tags, long SizeBytes, string Comment);
