using System.Globalization;
using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>
/// Raft snapshots of one member on disk, the newest two. A file is visible under its name only once it is whole and
/// synced. Thread-safe as far as different snapshots go.
/// </summary>
/// <param name="key">What they are encrypted under; null: they are not.</param>
public sealed class SnapshotStore(IDurableFiles files, string directory, DataKey? key)
{
    private const string Extension = ".snap";
    private const int Kept = 2;

    /// <summary>The newest one that is whole, every byte checked; null if there is none.</summary>
    /// <param name="skipped">Called for a newer one that is damaged.</param>
    public SnapshotMeta? FindNewest(Action<LogDamagedException> skipped)
    {
        ArgumentNullException.ThrowIfNull(skipped);
        foreach (var name in Names().Reverse())
        {
            try
            {
                using var content = new SnapshotReader(files.OpenRead(Path.Combine(directory, name)), name, key);
                content.CopyTo(Stream.Null);
                return content.Meta;
            }
            catch (LogDamagedException damage)
            {
                skipped(damage);
            }
        }

        return null;
    }

    /// <summary>Stores one and waits until it is on disk; older ones beyond the two newest go.</summary>
    /// <param name="meta">What it covers.</param>
    /// <param name="write">Writes the content.</param>
    public void Save(SnapshotMeta meta, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(meta);
        ArgumentNullException.ThrowIfNull(write);
        files.MakeDirectory(directory);
        var temporary = Path.Combine(directory, NameOf(meta) + ".tmp");
        using (var file = files.Create(temporary))
        {
            using (var content = new SnapshotWriter(file, meta, key))
                write(content);
            file.Sync();
        }

        files.Rename(temporary, Path.Combine(directory, NameOf(meta)));
        files.SyncDirectory(directory);
        foreach (var old in Names().SkipLast(Kept))
            files.Delete(Path.Combine(directory, old));
    }

    /// <summary>
    /// The content of one; damage shows while reading. Stays readable when the file is deleted meanwhile.
    /// </summary>
    /// <exception cref="FileNotFoundException">It has been superseded.</exception>
    public Stream Open(SnapshotMeta meta)
    {
        ArgumentNullException.ThrowIfNull(meta);
        return new SnapshotReader(files.OpenRead(Path.Combine(directory, NameOf(meta))), NameOf(meta), key);
    }

    /// <summary>The index of the oldest one kept: the log must reach back to it.</summary>
    public ulong OldestIndex() =>
        Names() is [var oldest, ..]
            ? ulong.Parse(oldest.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 0;

    /// <summary>Removes what a crash left half-written.</summary>
    public void Clean()
    {
        foreach (var name in files.List(directory).Where(n => n.EndsWith(".tmp", StringComparison.Ordinal)))
            files.Delete(Path.Combine(directory, name));
    }

    private static string NameOf(SnapshotMeta meta) => $"{meta.Index:x16}-{meta.Term:x16}{Extension}";

    private IReadOnlyList<string> Names() =>
        [.. files.List(directory).Where(n => n.EndsWith(Extension, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
}
