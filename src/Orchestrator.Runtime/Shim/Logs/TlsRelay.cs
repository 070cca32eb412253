using System.Text;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>A program that speaks TLS to a log server in our place: the shim is linked statically, and a library of
/// cryptography is none that one links so. It ends when either side of it does.</summary>
/// <param name="Program">orch-net.</param>
/// <remarks>Its descriptor 0 is the socket. Its first line there is <c>ok</c>, or why it cannot be.</remarks>
internal sealed record TlsRelay(string Program, IReadOnlyList<string> Arguments)
{
    private const int LongestLine = 4096;

    /// <summary>A connection whose handshake is done.</summary>
    /// <exception cref="IOException">The server does not answer, or is not who it should be.</exception>
    public FileDescriptor Connect()
    {
        var (ours, theirs) = UnixSocket.Pair();
        try
        {
            using (theirs)
            using (var none = StandardStreams.Null())
                Child.Spawn(Program, [Program, .. Arguments], theirs, none, none);
            ClientSocket.Limit(ours, SocketSink.Patience);
            var said = ReadLine(ours);
            return said == "ok" ? ours : throw new IOException(said.Length > 0 ? said : "the TLS relay does not answer");
        }
        catch
        {
            ours.Dispose();
            throw;
        }
    }

    private static string ReadLine(FileDescriptor from)
    {
        var (line, one) = (new List<byte>(), new byte[1]);
        while (line.Count < LongestLine && from.Read(one) == 1 && one[0] != '\n')
            line.Add(one[0]);
        return Encoding.UTF8.GetString([.. line]);
    }
}
