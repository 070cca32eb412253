namespace Orchestrator.Api;

/// <summary>POST /system/check: what is stored and whether it is whole. Not docker's.</summary>
public sealed record StoreCheck
{
    public int Blobs { get; set; }

    /// <summary>Of all blobs; each was read.</summary>
    public long Bytes { get; set; }
    public int Images { get; set; }
    public int Layers { get; set; }
    public StoreCheckFault[] Faults { get; set; } = [];

    /// <summary>Damaged blobs that were deleted, as asked.</summary>
    public int Removed { get; set; }
}

public sealed record StoreCheckFault
{
    public string What { get; set; } = "";
    public string Remedy { get; set; } = "";
}
