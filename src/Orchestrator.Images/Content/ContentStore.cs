namespace Orchestrator.Images.Content;

/// <summary>The blobs of a node, each named by its digest.</summary>
public sealed class ContentStore;
