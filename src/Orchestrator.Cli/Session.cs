using System.Text;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Streams;
using Orchestrator.Linux.Io;

namespace Orchestrator.Cli;

/// <summary>What a command works with: its streams, the environment, the daemon. A test brings its own.</summary>
internal sealed class Session : IDisposable
{
    private readonly Lazy<ApiClient> _client;

    public Session(Stream input, Stream output, Stream error, Func<string, string?> environment)
    {
        (Input, RawOutput, RawError, Environment) = (input, output, error, environment);
        Out = new StreamWriter(output, new UTF8Encoding(false), 16 * 1024);
        Error = new StreamWriter(error, new UTF8Encoding(false), 1024) { AutoFlush = true };
        _client = new Lazy<ApiClient>(() => new ApiClient(DaemonAddress.Parse(Host), ApiVersion));
    }

    /// <summary>Never Console's: its streams take the terminal's settings over and read lines.</summary>
    public Stream Input { get; }

    /// <summary>For bytes that are a container's, not ours. Flush <see cref="Out"/> first.</summary>
    public Stream RawOutput { get; }

    public Stream RawError { get; }

    /// <summary>Buffered; flushed when the command ends.</summary>
    public TextWriter Out { get; }

    public TextWriter Error { get; }

    public Func<string, string?> Environment { get; }

    /// <summary>From <c>-H</c>.</summary>
    public string? HostFlag { get; set; }

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public Func<(int Rows, int Columns)> TerminalSize { get; init; } = static () => (0, 0);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ApiClient Client => _client.Value;

    public string Host => HostFlag ?? NotEmpty("ORCH_HOST") ?? NotEmpty("DOCKER_HOST") ?? DaemonAddress.Default;

    private string ApiVersion => NotEmpty("DOCKER_API_VERSION") ?? Api.ApiJson.ApiVersion;

    /// <summary>The width to wrap at.</summary>
    public int Width => TerminalSize().Columns is > 20 and var columns ? columns : 80;

    public static Session OfProcess() => new(
        new DescriptorStream(0), new DescriptorStream(1), new DescriptorStream(2),
        System.Environment.GetEnvironmentVariable)
    {
        InputIsTerminal = TerminalCalls.IsTerminal(0),
        OutputIsTerminal = TerminalCalls.IsTerminal(1),
        TerminalSize = static () => TerminalCalls.Size(1) ?? TerminalCalls.Size(0) ?? (0, 0),
    };

    public void Dispose()
    {
        try
        {
            Out.Flush();
        }
        catch (IOException)
        {
            // The reader of our output has gone; there is nobody to tell.
        }
        if (_client.IsValueCreated) _client.Value.Dispose();
    }

    private string? NotEmpty(string variable) => Environment(variable) is { Length: > 0 } value ? value : null;
}
