using Orchestrator.Linux.Io;

namespace Orchestrator.Runtime.Shim.Logs;

/// <summary>What a driver's name means: how lines are written, and where to.</summary>
internal sealed record LogTarget(LogFormat Format, LogSink Sink)
{
    private const string Journal = "/run/systemd/journal/socket";

    public static LogTarget Of(LogOptions options, TimeProvider time) => options.Driver switch
    {
        LogOptions.Syslog => Socket(
            new SyslogFormat(options.Server!, Environment.ProcessId), () => Connect(options.Server!), time),
        LogOptions.Journald => Socket(
            new JournalFormat(options.Attributes),
            () => ClientSocket.ConnectUnix(Journal, datagram: true, SocketSink.Patience), time),
        LogOptions.Local => File(new LocalFormat(), options, time),
        _ => File(new JsonFormat(options.Attributes), options, time),
    };

    private static LogTarget File(LogFormat format, LogOptions options, TimeProvider time) =>
        new(format, new LogFile(options, format, time));

    private static LogTarget Socket(MessageFormat format, Func<FileDescriptor> connect, TimeProvider time) =>
        new(format, new SocketSink(format, connect, time));

    private static FileDescriptor Connect(SyslogOptions server) => server.Relay is { } relay
        ? relay.Connect()
        : server.Path is { } path
        ? ClientSocket.ConnectUnix(path, !server.IsStream, SocketSink.Patience)
        : ClientSocket.Connect(server.EndPoint!, !server.IsStream, SocketSink.Patience);
}
