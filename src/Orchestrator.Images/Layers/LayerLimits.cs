namespace Orchestrator.Images.Layers;

/// <summary>What one layer may unpack to at most.</summary>
internal sealed record LayerLimits(long MaxBytes, int MaxEntries);
