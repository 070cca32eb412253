using System.Text;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>Sends each record as a message. One that cannot be sent is tried once more on a new connection, and then
/// lost: a log server that is away must not fill the host.</summary>
/// <param name="connect">A new connection.</param>
internal sealed class SocketSink(MessageFormat format, Func<FileDescriptor> connect, TimeProvider time) : LogSink
{
    /// <summary>How long neither sending nor connecting may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private FileDescriptor? connection;
    private DateTimeOffset notBefore;
    private long lost;

    public override void Open() => connection = connect();

    public override void Write(ReadOnlySpan<byte> records)
    {
        for (; format.First(records) is > 0 and var length; records = records[length..])
        {
            TellLosses();
            if (!TrySend(records[..length]))
                lost++;
        }
    }

    public override void Finish() => TellLosses();

    public override void Sync()
    {
    }

    public override void Dispose() => connection?.Dispose();

    private void TellLosses()
    {
        if (lost == 0)
            return;
        Span<byte> stamp = stackalloc byte[LogFormat.LongestStamp];
        var line = Encoding.ASCII.GetBytes($"orch: {lost} lines were lost here: the log took no more\n");
        var (record, length) = (new byte[format.LongestFor(line.Length)], 0);
        format.TryWrite(2, line, stamp[..format.Stamp(time.GetUtcNow(), stamp)], record, ref length);
        if (TrySend(record.AsSpan(0, length)))
            lost = 0;
    }

    private bool TrySend(ReadOnlySpan<byte> record)
    {
        if (connection is null && time.GetUtcNow() < notBefore)
            return false;
        return (connection is not null && TryOnce(record)) || (TryConnect() && TryOnce(record));
    }

    private bool TryOnce(ReadOnlySpan<byte> record)
    {
        try
        {
            ClientSocket.Send(connection!, MessageFormat.Content(record));
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.EMSGSIZE)
        {
            return false; // Too large for a datagram of this network: no fault of the connection.
        }
        catch (IOException)
        {
            connection?.Dispose();
            connection = null;
            return false;
        }
    }

    private bool TryConnect()
    {
        if (connection is not null)
            return false;
        try
        {
            connection = connect();
            return true;
        }
        catch (IOException)
        {
            notBefore = time.GetUtcNow() + Pause;
            return false;
        }
    }
}
