using System.Security.Cryptography;
using Orchestrator.Raft;

namespace Orchestrator.Store.Log;

/// <summary>
/// The log of one member on disk: <c>*.seg</c> files of frames. One thread calls <see cref="Write"/> and
/// <see cref="Compact"/>. After any exception the log is done for: what is on disk is unknown, and the process must
/// end.
/// </summary>
/// <remarks>
/// No segment of an earlier process is ever appended to: data that such a process wrote without syncing is readable
/// until the power fails, so its valid frames are copied into a new segment and synced before anything is promised on
/// them.
/// </remarks>
public sealed class RaftLogStore : IDisposable
{
    private const string Temporary = "segment.tmp";
    private const string Spare = "spare.tmp";
    private readonly IDurableFiles files;
    private readonly string directory;
    private readonly RaftLogOptions options;
    private readonly List<SegmentHeader> segments;
    private readonly SpanWriter buffer = new();
    private IDurableFile? file;
    private long offset;
    private ulong nextFrame;
    private uint previousCrc;
    private HardState hardState;
    private ulong lastIndex;
    private ulong lastTerm;
    private long length;
    private uint encodedCrc;
    private Task<IDurableFile>? spare;
    private FileSealer? sealer;

    private RaftLogStore(IDurableFiles files, string directory, RaftLogOptions options, List<SegmentHeader> segments)
    {
        (this.files, this.directory, this.options, this.segments) = (files, directory, options, segments);
        Recovered = RecoveredLog.Empty;
    }

    public string ClusterId => segments[^1].ClusterId;

    public ulong MemberId => segments[^1].MemberId;

    /// <summary>What was found on opening.</summary>
    public RecoveredLog Recovered { get; private set; }

    public static bool Exists(IDurableFiles files, string directory) => SegmentNames(files, directory).Count > 0;

    /// <summary>Makes the log of a new member.</summary>
    public static RaftLogStore Create(
        IDurableFiles files, string directory, string clusterId, ulong memberId, RecoveredLog content,
        RaftLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(content);
        files.MakeDirectory(directory);
        var header = new SegmentHeader(
            clusterId, memberId, 1, 0, NewSalt(), 1, 0, 0, 0, content.HardState, DataKey.NewSalt());
        var log = new RaftLogStore(files, directory, options, []) { Recovered = content };
        log.BeginSegment(header, [new Frame(1, 0, content.HardState, content.CommitHint, null, content.Entries)]);
        return log;
    }

    /// <summary>Reads the log, and starts a segment of this process.</summary>
    /// <param name="files">Where.</param>
    /// <param name="directory">Holds the segments.</param>
    /// <param name="snapshot">The newest snapshot that verifies, if any.</param>
    /// <param name="options">How to go on.</param>
    /// <exception cref="LogDamagedException">
    /// Something that was synced is not as it was. Nothing was changed.
    /// </exception>
    public static RaftLogStore Open(
        IDurableFiles files, string directory, SnapshotMeta? snapshot, RaftLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        var headers = ReadHeaders(files, directory);
        var replay = new LogReplay(headers[0]);
        List<Frame> frames = [];
        var (next, crc) = (headers[0].FirstFrame, headers[0].PreviousCrc);
        for (var i = 0; i < headers.Count; i++)
        {
            var path = Path.Combine(directory, headers[i].FileName);
            if (headers[i].FirstFrame != next || headers[i].PreviousCrc != crc)
                throw new LogDamagedException(
                    path, $"it does not continue the segment before it (frame {next} is missing)");
            (_, frames, crc) = SegmentReader.Read(files, path, isLast: i == headers.Count - 1, options.Key);
            next += (ulong)frames.Count;
            frames.ForEach(frame => Play(replay, frame, path));
        }

        var recovered = replay.Finish(snapshot, options.TrailingEntries);
        if (recovered.BaseIndex > (snapshot?.Index ?? 0))
            throw new LogDamagedException(
                directory, $"the log begins after entry {recovered.BaseIndex} and no readable snapshot goes that far");
        var log = new RaftLogStore(files, directory, options, headers[..^1]) { Recovered = recovered };
        log.CopyTail(headers[^1], frames, replay);
        return log;
    }

    /// <summary>Writes one frame and waits until it is on disk.</summary>
    /// <exception cref="IOException">
    /// It is not known what is on disk. The process must end without retrying.
    /// </exception>
    public void Write(AppendBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var frame = new Frame(nextFrame, nextFrame - 1, batch.HardState, batch.CommitHint, batch.Reset, batch.Entries);
        Encode(frame);
        if (offset + buffer.Length + FrameCodec.HeaderBytes > length)
        {
            Rotate(buffer.Length);
            Encode(frame); // Another salt.
        }

        previousCrc = encodedCrc;
        file!.Write(offset, buffer.Written);
        file.Sync();
        offset += buffer.Length;
        nextFrame++;
        Note(batch.HardState, batch.Reset, batch.Entries);
        WriteMarker();
        PrepareSpare();
    }

    /// <summary>
    /// Deletes segments that hold nothing after <paramref name="index"/>, which a durable snapshot covers.
    /// </summary>
    public void Compact(ulong index)
    {
        var removed = 0;
        while (segments.Count > 1 && segments[1].LastIndex <= index)
        {
            files.Delete(Path.Combine(directory, segments[0].FileName));
            segments.RemoveAt(0);
            removed++;
        }

        if (removed > 0)
            files.SyncDirectory(directory);
    }

    public void Dispose()
    {
        file?.Dispose();
        sealer?.Dispose();
        if (spare is null)
            return;
        // Once we are gone nobody writes here any more, whoever opens the log next included.
        Task.WhenAny(spare).Wait();
        if (spare.IsCompletedSuccessfully)
            spare.Result.Dispose();
    }

    private void Encode(Frame frame)
    {
        buffer.Clear();
        encodedCrc = FrameCodec.Encode(buffer, frame, segments[^1].Salt, previousCrc, sealer);
    }

    private static void Play(LogReplay replay, Frame frame, string path)
    {
        if (frame.Reset is null && frame.Entries.Count > 0 && frame.Entries[0].Index > replay.LastIndex + 1)
            throw new LogDamagedException(path, $"frame {frame.Seq} continues an entry that is missing");
        replay.Play(frame);
    }

    private static IReadOnlyList<string> SegmentNames(IDurableFiles files, string directory) =>
        [.. files.List(directory).Where(n => n.EndsWith(".seg", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    /// <summary>
    /// Headers in order, without a segment whose copy had been finished when the process that made it died.
    /// </summary>
    private static List<SegmentHeader> ReadHeaders(IDurableFiles files, string directory)
    {
        var headers = SegmentNames(files, directory)
            .Select(name => SegmentReader.ReadHeader(files, directory, name))
            .OrderBy(h => h.Seq).ToList();
        if (headers.Count == 0)
            throw new LogDamagedException(directory, "it holds no log");
        foreach (var stray in headers.FindAll(h => headers.Exists(other => other.Replaces == h.Seq)))
        {
            files.Delete(Path.Combine(directory, stray.FileName));
            headers.Remove(stray);
        }

        return headers;
    }

    private void CopyTail(SegmentHeader tail, List<Frame> frames, LogReplay replay)
    {
        var next = tail with { Seq = tail.Seq + 1, Replaces = tail.Seq, Salt = NewSalt(), KeySalt = DataKey.NewSalt() };
        BeginSegment(next, frames);
        (hardState, lastIndex, lastTerm) = (replay.HardState, replay.LastIndex, replay.LastTerm);
        files.Delete(Path.Combine(directory, tail.FileName));
        files.SyncDirectory(directory);
    }

    /// <summary>A segment with its first frames becomes visible whole, or not at all.</summary>
    private void BeginSegment(SegmentHeader header, List<Frame> frames, int room = 0)
    {
        buffer.Clear();
        buffer.Bytes(header.Encode());
        sealer?.Dispose();
        sealer = options.Key?.For(header.KeySalt);
        (nextFrame, previousCrc) = (header.FirstFrame, header.PreviousCrc);
        foreach (var frame in frames)
        {
            previousCrc = FrameCodec.Encode(buffer, frame, header.Salt, previousCrc, sealer);
            nextFrame++;
        }

        length = Math.Max(options.SegmentBytes, buffer.Length + room + FrameCodec.HeaderBytes);
        var (next, temporary) = TakeSpare();
        next.Write(0, buffer.Written);
        next.Sync();
        files.Rename(temporary, Path.Combine(directory, header.FileName));
        files.SyncDirectory(directory);
        file?.Dispose();
        (file, offset) = (next, buffer.Length);
        segments.Add(header);
        if (frames.Count > 0)
            Note(frames[^1].HardState, frames[^1].Reset, frames[^1].Entries);
    }

    private void Rotate(int frameBytes)
    {
        var header = new SegmentHeader(
            ClusterId, MemberId, segments[^1].Seq + 1, 0, NewSalt(), nextFrame, previousCrc, lastIndex, lastTerm,
            hardState, DataKey.NewSalt());
        BeginSegment(header, [], room: frameBytes);
    }

    private (IDurableFile File, string Path) TakeSpare()
    {
        if (spare is not null && length <= options.SegmentBytes)
        {
            var ready = spare.GetAwaiter().GetResult();
            spare = null;
            return (ready, Path.Combine(directory, Spare));
        }

        var path = Path.Combine(directory, Temporary);
        return (files.CreateZeroed(path, length), path);
    }

    /// <summary>The next segment is made while this one fills, so that no write waits for 16 MiB of zeros.</summary>
    private void PrepareSpare()
    {
        if (spare is null && offset > length / 2)
            spare = Task.Run(() => files.CreateZeroed(Path.Combine(directory, Spare), options.SegmentBytes));
    }

    private void WriteMarker()
    {
        buffer.Clear();
        FrameCodec.EncodeHeader(
            buffer, segments[^1].Salt, new(FrameType.Marker, 0, nextFrame - 1, nextFrame - 1, 0, 0, 0, previousCrc));
        file!.Write(offset, buffer.Written);
    }

    private void Note(HardState state, SnapshotMeta? reset, IReadOnlyList<Entry> entries)
    {
        hardState = state;
        if (reset is not null)
            (lastIndex, lastTerm) = (reset.Index, reset.Term);
        if (entries.Count > 0)
            (lastIndex, lastTerm) = (entries[^1].Index, entries[^1].Term);
    }

    private static uint NewSalt() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
}
