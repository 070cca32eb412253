using System.Text;

namespace Orchestrator.Store.Tests.Host;

/// <summary>A replicated state that is easy to compare: the list of all that was applied.</summary>
internal sealed class JournalState : IReplicatedState
{
    private readonly List<string> lines = [];

    public int Restores { get; private set; }

    public bool Leading { get; private set; }

    public string[] Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    public void Apply(ulong index, ulong term, ReadOnlyMemory<byte> entry)
    {
        var text = Encoding.UTF8.GetString(entry.Span);
        if (text == "poison")
            throw new InvalidOperationException("this entry cannot be applied");
        lock (lines)
            lines.Add(text);
    }

    public void LeadershipChanged(bool leading, ulong term) => Leading = leading;

    public Action<Stream> CaptureSnapshot()
    {
        var captured = string.Join('\n', Lines);
        return stream => stream.Write(Encoding.UTF8.GetBytes(captured));
    }

    public void Restore(ulong index, Stream snapshot)
    {
        using var reader = new StreamReader(snapshot, leaveOpen: true);
        var text = reader.ReadToEnd();
        Restores++;
        lock (lines)
        {
            lines.Clear();
            if (text.Length > 0)
                lines.AddRange(text.Split('\n'));
        }
    }
}
