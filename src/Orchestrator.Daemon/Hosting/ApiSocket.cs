using System.Net.Sockets;
using Orchestrator.Daemon.Configuration;
using Orchestrator.Daemon.Startup;
using Orchestrator.Linux.Files;

namespace Orchestrator.Daemon.Hosting;

/// <summary>A unix socket of the API on its way from path to listener.</summary>
internal static class ApiSocket
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>
    /// Makes room: a socket left by a daemon that is no more is removed, one that answers is left alone.
    /// </summary>
    /// <exception cref="StartupException">Someone listens there, or something else is in the way.</exception>
    public static void Clear(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > 107)
            throw new StartupException(
                $"the socket path {path} is longer than the 107 bytes the kernel takes; choose a shorter one");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!Path.Exists(path))
            return;
        if (Answers(path))
            throw new StartupException(
                $"the socket {path} is in use by another daemon; stop that one, or listen elsewhere with -H");
        File.Delete(path);
    }

    /// <summary>Owner and group may use it, nobody else.</summary>
    /// <exception cref="StartupException">A group was asked for that is not there.</exception>
    public static void Protect(string path, DaemonOptions options)
    {
        File.SetUnixFileMode(path, Mode);
        if (options.Group.Length == 0)
            return;
        if (FindGroup(options.Group) is not { } gid)
        {
            if (options.GroupIsAsked)
                throw new StartupException(
                    $"group is \"{options.Group}\", which this host does not have; make it (groupadd --system "
                    + $"{options.Group}), or leave --group out");
            return;
        }

        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        directory.ChangeOwner(Path.GetFileName(path), 0, gid);
    }

    private static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static uint? FindGroup(string name)
    {
        if (uint.TryParse(name, out var number))
            return number;
        if (!File.Exists("/etc/group"))
            return null;
        var line = File.ReadLines("/etc/group").Select(one => one.Split(':')).FirstOrDefault(one => one[0] == name);
        return line is { Length: > 2 } && uint.TryParse(line[2], out var gid) ? gid : null;
    }
}
