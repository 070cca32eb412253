using Orchestrator.Images.Tar;

namespace Orchestrator.Build.Copying;

/// <summary>How what is copied is to look.</summary>
internal sealed record CopyDress
{
    /// <summary>Owner of all that is copied, and of folders made on the way; null: as the source has it.</summary>
    public (uint Uid, uint Gid)? Owner { get; init; }

    public ModeChange? Mode { get; init; }

    /// <summary>The last word on an entry.</summary>
    public TarEntry Apply(TarEntry entry)
    {
        if (Owner is { } owner)
            entry = entry with { Uid = owner.Uid, Gid = owner.Gid };
        return Mode is { } mode && entry.Kind != TarKind.SymbolicLink
            ? entry with { Mode = mode.Apply(entry.Mode, entry.Kind == TarKind.Directory) } : entry;
    }
}
