using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Cli.Http;

/// <summary>The streams of an ssh that joins them to a daemon far away.</summary>
internal sealed class SshStream : Streams.OneWayStream
{
    private const int WordsKept = 4096;

    private readonly Process _process;
    private readonly List<string> _command;
    private readonly Thread _listener;
    private string _said = "";

    private SshStream(Process process, List<string> command)
    {
        (_process, _command) = (process, command);
        _listener = new Thread(Listen) { IsBackground = true, Name = "ssh" };
        _listener.Start();
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    /// <remarks>A session of its own: the interrupt that a person types is for us to hand on, not for ssh to end by.</remarks>
    /// <exception cref="CliException">There is no ssh on this machine.</exception>
    public static SshStream Open(SshTarget target)
    {
        var command = target.Command();
        var start = new ProcessStartInfo("setsid", command)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            return new SshStream(Process.Start(start)!, command);
        }
        catch (Win32Exception e)
        {
            throw new CliException($"cannot run ssh: {e.Message}: install openssh-client and util-linux", e);
        }
    }

    /// <exception cref="CliException">ssh ended, or the command it ran did; with what they said.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = _process.StandardOutput.BaseStream.Read(buffer);
        if (count > 0 || buffer.Length == 0) return count;
        _process.WaitForExit();
        return _process.ExitCode == 0 ? 0 : throw Ended();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(buffer);
            _process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            _process.WaitForExit();
            throw Ended();
        }
    }

    public void CloseWrite() => _process.StandardInput.Close();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has ended by itself.
            }
            _process.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Listen()
    {
        var buffer = new char[256];
        int count;
        while ((count = _process.StandardError.Read(buffer)) > 0)
            if (_said.Length < WordsKept) _said += new string(buffer, 0, count);
    }

    private CliException Ended()
    {
        _listener.Join(TimeSpan.FromSeconds(1));
        return new CliException(
            $"error during connect: command [{string.Join(' ', _command)}] has exited with exit status {_process.ExitCode}, "
            + $"make sure the URL is valid, and orch is installed on the remote host: stderr={_said.Trim()}");
    }
}
