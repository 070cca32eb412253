using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli.Tests;

/// <summary>Stands in for orchd on a unix socket: answers as told, and remembers what it was asked.</summary>
/// <remarks>Not Kestrel: it refuses an upgrade that has a body, which exec's start is.</remarks>
internal sealed class FakeDaemon : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orch-cli-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<string, Action<FakeExchange>> _answers = new();

    public FakeDaemon()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "d.sock")));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Address => "unix://" + Path.Combine(_folder, "d.sock");

    public ConcurrentQueue<FakeExchange> Requests { get; } = new();

    /// <summary><c>POST /containers/create?name=web</c>, without the version, in the order they came.</summary>
    public IEnumerable<string> Lines => Requests.Select(static r => r.Line);

    /// <param name="route">Method and path, without version and query.</param>
    public FakeDaemon Answer(string route, int status, string body = "", string type = "application/json") =>
        Answer(route, exchange => exchange.Respond(status, body, type));

    /// <summary>Answers one after the other; the last one again and again.</summary>
    public FakeDaemon AnswerInTurn(string route, params (int Status, string Body)[] answers)
    {
        var next = -1;
        return Answer(route, exchange =>
        {
            var (status, body) = answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)];
            exchange.Respond(status, body, "application/json");
        });
    }

    public FakeDaemon Answer(string route, Action<FakeExchange> answer)
    {
        _answers[route] = answer;
        return this;
    }

    /// <summary>Takes the connection over, as attach and exec do.</summary>
    public FakeDaemon Hijack(string route, Action<Stream> talk) => Answer(route, exchange =>
    {
        exchange.Stream.Write(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 UPGRADED\r\nContent-Type: {Api.StreamFrame.MultiplexedMediaType}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
        talk(exchange.Stream);
        exchange.Stream.Dispose();
    });

    /// <summary>The body of the one request whose line starts so.</summary>
    public JsonNode Body(string lineStart) => JsonNode.Parse(
        Requests.Single(r => r.Line.StartsWith(lineStart, StringComparison.Ordinal)).Body)!;

    /// <summary>Runs a command line against this daemon.</summary>
    public CliResult Run(params string[] args) => RunWith("", args);

    public CliResult RunWith(string input, params string[] args) => CliResult.Of(Address, input, args);

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                new Thread(() => Serve(new NetworkStream(socket, ownsSocket: true))) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private void Serve(NetworkStream stream)
    {
        try
        {
            while (FakeExchange.Read(stream) is { } exchange)
            {
                Requests.Enqueue(exchange);
                if (_answers.TryGetValue(exchange.Route, out var answer)) answer(exchange);
                else exchange.Respond(404, $$"""{"message":"nothing told for {{exchange.Route}}"}""", "application/json");
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client has gone, or the connection was taken over.
        }
    }
}
