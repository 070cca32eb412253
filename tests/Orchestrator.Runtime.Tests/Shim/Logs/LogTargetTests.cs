using System.Net;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Runtime.Commands;
using Orchestrator.Runtime.Shim.Logs;
using Orchestrator.Testing;

namespace Orchestrator.Runtime.Tests.Shim.Logs;

public sealed class LogTargetTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("orch-log").FullName;

    private string LogPath => Path.Combine(directory, "container.log");

    private LogOptions Local => new(LogPath) { Driver = LogOptions.Local };

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_datagram_is_one_message_without_a_newline()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var options = Syslog($"udp://{server.Client.LocalEndPoint}");

        Log(options, log => log.Write(1, "one\ntwo\n"u8));

        foreach (var text in new[] { "one", "two" })
            Assert.Matches($@"^<30>[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d web\[\d+\]: {text}$", Receive(server));
    }

    [Fact]
    public void A_connection_that_broke_is_made_anew_and_what_was_lost_meanwhile_is_told()
    {
        using var port = new HeldPort();
        var (end, time) = (port.EndPoint, new ManualTime());
        var listener = new TcpListener(end);
        listener.Start();
        using var log = new ContainerLog(Syslog($"tcp://{end}"), time, action => action());
        using (var first = listener.AcceptTcpClient())
        {
            Send(log, "before\n");
            Assert.EndsWith("before", ReadLine(first));
            listener.Stop();
            first.LingerState = new LingerOption(true, 0);
        }

        Send(log, "gone 1\n");
        Send(log, "gone 2\n");
        time.Advance(TimeSpan.FromSeconds(2));
        using var again = new TcpListener(end);
        again.Start();
        Send(log, "after\n");

        using var second = again.AcceptTcpClient();
        using var reader = new StreamReader(second.GetStream());
        var (told, line) = (reader.ReadLine()!, reader.ReadLine()!);
        Assert.StartsWith("<27>", told);
        Assert.Matches(@": orch: \d lines were lost here: the log took no more$", told);
        Assert.EndsWith(": after", line);
    }

    [Fact]
    public void Local_keeps_to_its_limits_and_each_file_has_whole_records()
    {
        var options = Local with { MaxBytes = 1000, MaxFiles = 3 };

        Log(options, log =>
        {
            for (var i = 0; i < 200; i++)
                log.Write(1, Encoding.ASCII.GetBytes($"line {i}\n"));
        });

        var files = Directory.GetFiles(directory);
        Assert.Equal(3, files.Length);
        Assert.All(files, file =>
        {
            var bytes = File.ReadAllBytes(file);
            Assert.InRange(bytes.Length, 1, 1000);
            Assert.Equal(bytes.Length, new LocalFormat().Within(bytes, bytes.Length));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void Half_a_local_record_is_cut_off_before_the_next_one_is_written(int missing)
    {
        Log(Local, log => log.Write(1, "first\nsecond\n"u8));
        var whole = File.ReadAllBytes(LogPath);
        File.WriteAllBytes(LogPath, whole[..^missing]);

        Log(Local, log => log.Write(2, "third\n"u8));

        var bytes = File.ReadAllBytes(LogPath);
        Assert.Equal(2, new LocalFormat().Count(bytes));
        Assert.Equal(bytes.Length, new LocalFormat().Within(bytes, bytes.Length));
        Assert.Contains("first", Encoding.ASCII.GetString(bytes));
        Assert.Contains("third", Encoding.ASCII.GetString(bytes));
    }

    private static LogOptions Syslog(string address) => new("")
    {
        Driver = LogOptions.Syslog,
        Server = SyslogOptions.From(Arguments.Parse(
            ["--log-address", address, "--log-tag", "web"], [], SyslogOptions.Values)),
    };

    private static string Receive(UdpClient server)
    {
        IPEndPoint? from = null;
        server.Client.ReceiveTimeout = 10_000;
        var text = Encoding.ASCII.GetString(server.Receive(ref from));
        Assert.False(text.EndsWith('\n'));
        return text;
    }

    private static string ReadLine(TcpClient client)
    {
        var text = new StringBuilder();
        for (int next; (next = client.GetStream().ReadByte()) is not (-1 or '\n');)
            text.Append((char)next);
        return text.ToString();
    }

    /// <summary>Writes, and returns when the thread that sends has done so or given up.</summary>
    private static void Send(ContainerLog log, string line)
    {
        log.Write(1, Encoding.ASCII.GetBytes(line));
        Assert.True(SpinWait.SpinUntil(() => log.IsIdle, TimeSpan.FromSeconds(20)));
    }

    private static void Log(LogOptions options, Action<ContainerLog> act)
    {
        using var log = new ContainerLog(options, new ManualTime(), action => action());
        act(log);
        log.Finish(() => { });
        Assert.True(log.Await(TimeSpan.FromSeconds(20)));
    }
}
