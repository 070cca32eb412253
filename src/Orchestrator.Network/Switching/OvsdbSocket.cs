using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Network.Switching;

/// <summary>One conversation with Open vSwitch's database. Source: RFC 7047.</summary>
internal sealed class OvsdbSocket : IDisposable
{
    private const string Database = "Open_vSwitch";
    private const int PatienceMilliseconds = 5000;

    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
    {
        ReceiveTimeout = PatienceMilliseconds, SendTimeout = PatienceMilliseconds,
    };

    private byte[] buffer = new byte[8192];
    private int filled;
    private int lastId;

    private OvsdbSocket()
    {
    }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static OvsdbSocket Open(string path)
    {
        var opened = new OvsdbSocket();
        try
        {
            opened.socket.Connect(new UnixDomainSocketEndPoint(path));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>All of it is done, or nothing.</summary>
    /// <returns>One result an operation.</returns>
    /// <exception cref="NetworkException">An operation was refused: nothing was done.</exception>
    public JsonArray Transact(params ReadOnlySpan<JsonObject> operations)
    {
        var parameters = new JsonArray(Database);
        foreach (var operation in operations)
            parameters.Add((JsonNode)operation);
        var id = ++lastId;
        Send(new JsonObject { ["method"] = "transact", ["params"] = parameters, ["id"] = id });
        while (true)
        {
            var message = Receive();
            if (message["method"]?.GetValue<string>() == "echo") // It wants to know whether we are there.
                Send(new JsonObject { ["result"] = message["params"]?.DeepClone(), ["error"] = null, ["id"] = message["id"]?.DeepClone() });
            else if (message["id"] is JsonValue answered && answered.TryGetValue<int>(out var number) && number == id)
                return ResultOf(message);
        }
    }

    public void Dispose() => socket.Dispose();

    private static JsonArray ResultOf(JsonObject message)
    {
        if (message["result"] is not JsonArray results)
            throw Refused(message["error"]);
        return results.FirstOrDefault(r => r?["error"] is not null) is { } bad ? throw Refused(bad) : results;
    }

    private static NetworkException Refused(JsonNode? error) => new(
        NetworkFault.Kernel, $"Open vSwitch refuses: {error?["error"]} {error?["details"]}".TrimEnd());

    private void Send(JsonObject message) => socket.Send(Encoding.UTF8.GetBytes(message.ToJsonString()));

    /// <summary>Messages follow one another with nothing in between.</summary>
    private JsonObject Receive()
    {
        while (true)
        {
            var reader = new Utf8JsonReader(buffer.AsSpan(0, filled), isFinalBlock: false, default);
            if (filled > 0 && JsonDocument.TryParseValue(ref reader, out var document))
            {
                using (document)
                {
                    var message = (JsonObject)JsonNode.Parse(document.RootElement.GetRawText())!; // JSON-RPC has objects alone.
                    buffer.AsSpan((int)reader.BytesConsumed, filled - (int)reader.BytesConsumed).CopyTo(buffer);
                    filled -= (int)reader.BytesConsumed;
                    return message;
                }
            }

            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
            var count = socket.Receive(buffer.AsSpan(filled));
            if (count == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            filled += count;
        }
    }
}
