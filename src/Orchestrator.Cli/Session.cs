using System.Text;
using Orchestrator.Cli.Config;
using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Streams;
using Orchestrator.Linux.Io;

namespace Orchestrator.Cli;

/// <summary>What a command works with: its streams, the environment, the daemon. A test brings its own.</summary>
internal sealed class Session : IDisposable
{
    private readonly Lazy<ApiClient> _client;
    private readonly Lazy<ConfigFolder> _folder;
    private readonly Lazy<Endpoint> _endpoint;

    public Session(Stream input, Stream output, Stream error, Func<string, string?> environment)
    {
        (Input, RawOutput, RawError, Environment) = (input, output, error, environment);
        Out = new StreamWriter(output, new UTF8Encoding(false), 16 * 1024);
        Error = new StreamWriter(error, new UTF8Encoding(false), 1024) { AutoFlush = true };
        _folder = new Lazy<ConfigFolder>(() => ConfigFolder.Find(Choice.ConfigFolder, Environment));
        _endpoint = new Lazy<Endpoint>(() => Endpoint.Choose(Choice, Environment, Folder));
        _client = new Lazy<ApiClient>(
            () => new ApiClient(_endpoint.Value.Address, ApiVersion, [.. Folder.File.HttpHeaders]));
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

    /// <summary>What the flags before the command say of the daemon to talk to.</summary>
    public EndpointChoice Choice { get; set; } = new();

    /// <summary>Settings, logins and contexts.</summary>
    public ConfigFolder Folder => _folder.Value;

    /// <summary>The daemon that the flags, the environment or the current context name.</summary>
    public Endpoint Endpoint => _endpoint.Value;

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public Func<(int Rows, int Columns)> TerminalSize { get; init; } = static () => (0, 0);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ApiClient Client => _client.Value;

    private string ApiVersion => Variables.Find(Environment, "API_VERSION") ?? Api.ApiJson.ApiVersion;

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
}
