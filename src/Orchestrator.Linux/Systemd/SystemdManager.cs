using System.Buffers.Binary;
using System.Text;
using Orchestrator.Linux.Io;

namespace Orchestrator.Linux.Systemd;

/// <summary>The systemd that is this host's pid 1, asked over its own socket: the bus need not run.</summary>
/// <remarks>Source: org.freedesktop.systemd1(5); D-Bus specification, "Message Protocol", "Authentication Protocol".
/// </remarks>
public sealed class SystemdManager : IDisposable
{
    private const string Socket = "/run/systemd/private", Name = "org.freedesktop.systemd1";
    private const byte Call = 1, Return = 2, Error = 3;

    private readonly FileDescriptor connection;

    private SystemdManager(FileDescriptor connection) => this.connection = connection;

    /// <summary>Whether systemd is pid 1 here. Source: sd_booted(3).</summary>
    public static bool Runs => Directory.Exists("/run/systemd/system");

    /// <exception cref="IOException">It does not run, or we are not root.</exception>
    public static SystemdManager Connect()
    {
        var connection = UnixSocket.Connect(Socket, blocking: true);
        try
        {
            connection.WriteAll(Encoding.ASCII.GetBytes("\0AUTH EXTERNAL 30\r\n")); // "0", root's number, in hex.
            var answer = ReadLine(connection);
            if (!answer.StartsWith("OK ", StringComparison.Ordinal))
                throw new IOException($"systemd does not take us for root: {answer}");
            connection.WriteAll("BEGIN\r\n"u8);
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Has systemd make a scope, a unit of processes it did not start, whose cgroup is ours to divide. It
    /// goes by itself with its last process.</summary>
    /// <param name="unit">Its name, with <c>.scope</c> at its end.</param>
    /// <param name="slice">The unit above it, with <c>.slice</c> at its end.</param>
    /// <param name="pid">A process to begin with; it is moved there soon after the call returns.</param>
    /// <exception cref="IOException">In systemd's words: there is such a unit already, or a name is none.</exception>
    public void StartScope(string unit, string slice, string description, int pid)
    {
        var body = new DBusWriter();
        body.Text(unit);
        body.Text("fail");
        body.Array(8, () =>
        {
            body.Property("Description", "s", () => body.Text(description));
            body.Property("Slice", "s", () => body.Text(slice));
            body.Property("PIDs", "au", () => body.Array(4, () => body.Number((uint)pid)));
            body.Property("Delegate", "b", () => body.Number(1));
            body.Property("DefaultDependencies", "b", () => body.Number(0));
            body.Property("CollectMode", "s", () => body.Text("inactive-or-failed"));
        });
        body.Array(8, () => { }); // Units to make beside it: none.
        connection.WriteAll(Message("StartTransientUnit", "ssa(sv)a(sa(sv))", body.ToArray()));
        AwaitReturn();
    }

    public void Dispose() => connection.Dispose();

    internal static byte[] Message(string member, string signature, byte[] body)
    {
        var message = new DBusWriter();
        message.Byte((byte)'l');
        message.Byte(Call);
        message.Byte(0);
        message.Byte(1); // Version of the protocol.
        message.Number((uint)body.Length);
        message.Number(1); // Serial: one call a connection.
        message.Array(8, () =>
        {
            Field(message, 1, "o", () => message.Text("/org/freedesktop/systemd1"));
            Field(message, 2, "s", () => message.Text($"{Name}.Manager"));
            Field(message, 3, "s", () => message.Text(member));
            Field(message, 6, "s", () => message.Text(Name));
            Field(message, 8, "g", () => message.Signature(signature));
        });
        message.Align(8);
        message.Raw(body);
        return message.ToArray();
    }

    private static void Field(DBusWriter message, byte code, string type, Action value)
    {
        message.Align(8);
        message.Byte(code);
        message.Signature(type);
        value();
    }

    private void AwaitReturn()
    {
        while (true)
        {
            var head = Read(16);
            var bodyLength = Length(head, 4);
            var fields = Read((Length(head, 12) + 7) / 8 * 8);
            var body = Read(bodyLength);
            if (head[1] == Return)
                return;
            if (head[1] == Error)
                throw new IOException($"systemd: {Words(body, fields)}");
        }
    }

    /// <summary>What it says, which is a string at the body's beginning; without one, the error's name.</summary>
    private static string Words(byte[] body, byte[] fields) => body.Length > 5
        ? Encoding.UTF8.GetString(body, 4, Math.Min(Length(body, 0), body.Length - 5))
        : new string([.. Encoding.ASCII.GetString(fields).Where(c => c is >= ' ' and <= '~')]);

    private static int Length(byte[] bytes, int at) =>
        BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) is >= 0 and < 1 << 20 and var length
            ? length
            : throw new IOException("systemd sends a message out of bounds");

    private byte[] Read(int count)
    {
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            var read = connection.Read(bytes.AsSpan(done));
            if (read <= 0)
                throw new IOException("systemd has closed the connection");
            done += read;
        }

        return bytes;
    }

    private static string ReadLine(FileDescriptor connection)
    {
        var line = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (line.Length < 1024 && connection.Read(one) == 1 && one[0] != (byte)'\n')
            line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }
}
