using System.Globalization;
using System.Text;

namespace Orchestrator.Cli.Tests;

/// <summary>One request to the <see cref="FakeDaemon"/>, and the way to answer it.</summary>
internal sealed record FakeExchange(string Method, string Target, Dictionary<string, string> Headers, string Body, Stream Stream)
{
    /// <summary>Without the version: <c>/v1.44</c>.</summary>
    private string Bare => Target[Target.IndexOf('/', 1)..];

    public string Line => $"{Method} {Uri.UnescapeDataString(Bare)}";

    public string Route => $"{Method} {Uri.UnescapeDataString(Bare.Split('?')[0])}";

    /// <summary>Null at the end of the connection.</summary>
    public static FakeExchange? Read(Stream stream)
    {
        if (ReadLine(stream) is not { Length: > 0 } first) return null;
        var words = first.Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (ReadLine(stream) is { Length: > 0 } line)
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return new FakeExchange(words[0], words[1], headers, ReadBody(stream, headers), stream);
    }

    public void Respond(int status, string body, string type) => Respond(status, Encoding.UTF8.GetBytes(body), type);

    public void Respond(int status, byte[] body, string type)
    {
        var length = status is 204 or 304 ? "" : $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n";
        Stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} -\r\n{length}\r\n"));
        Stream.Write(body);
    }

    private static string ReadBody(Stream stream, Dictionary<string, string> headers)
    {
        var body = new MemoryStream();
        if (headers.TryGetValue("Content-Length", out var length)) Copy(stream, body, int.Parse(length, CultureInfo.InvariantCulture));
        else if (headers.ContainsKey("Transfer-Encoding"))
        {
            while (int.Parse(ReadLine(stream) ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
            {
                Copy(stream, body, size);
                ReadLine(stream);
            }
            ReadLine(stream);
        }
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private static void Copy(Stream from, MemoryStream to, int count)
    {
        var bytes = new byte[count];
        from.ReadExactly(bytes);
        to.Write(bytes);
    }

    private static string? ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        while (true)
        {
            var c = stream.ReadByte();
            if (c < 0) return null;
            if (c == '\n') return line.ToString();
            if (c != '\r') line.Append((char)c);
        }
    }
}
