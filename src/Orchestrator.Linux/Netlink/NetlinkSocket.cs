using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Linux.Netlink;

/// <summary>A netlink socket: sends requests and matches the kernel's answers to them. One caller at a time.</summary>
/// <remarks>Belongs for ever to the network namespace of the thread that opened it. Source: netlink(7).</remarks>
internal sealed partial class NetlinkSocket : IDisposable
{
    // 400 acknowledged messages in one send overflowed the receive buffer and lost acknowledgements: a hang.
    private const int BatchSize = 100;

    // Taken from the pool for as long as one call lasts: a node holds some sockets for each container.
    private const int ReceiveSize = 64 * 1024;
    private const int DumpAttempts = 8;

    private const int AF_NETLINK = 16, SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1, SO_RCVTIMEO = 20, SO_SNDBUFFORCE = 32, SO_RCVBUFFORCE = 33, SO_RCVBUF = 8;
    private const int MSG_DONTWAIT = 0x40;
    private const int SOL_NETLINK = 270, NETLINK_ADD_MEMBERSHIP = 1, NETLINK_CAP_ACK = 10, NETLINK_EXT_ACK = 11, NETLINK_GET_STRICT_CHK = 12;
    private const int NLMSG_ERROR = 2, NLMSG_DONE = 3, NLMSGERR_ATTR_MSG = 1;

    // Bits of an acknowledgement's header: the request was cut to its header; attributes with the kernel's words
    // follow.
    private const NetlinkFlags Capped = (NetlinkFlags)0x100, AckAttributes = (NetlinkFlags)0x200;

    private readonly Lock gate = new();
    private readonly Descriptor descriptor;
    private bool isBound;
    private uint sequence = (uint)Environment.TickCount;

    /// <param name="protocol">NETLINK_ROUTE 0 or NETLINK_NETFILTER 12.</param>
    public NetlinkSocket(int protocol)
    {
        descriptor = new Descriptor(
            LinuxException.Check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), "socket",
                $"netlink {protocol}"));
        Set(SOL_NETLINK, NETLINK_EXT_ACK, 1);
        Set(SOL_NETLINK, NETLINK_CAP_ACK, 1);
        Set(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        if (setsockopt(descriptor.Number, SOL_SOCKET, SO_RCVBUFFORCE, [4 << 20], 4) < 0)
            Set(SOL_SOCKET, SO_RCVBUF, 4 << 20);
        _ = setsockopt(descriptor.Number, SOL_SOCKET, SO_SNDBUFFORCE, [4 << 20], 4); // A transaction is sent at once.
        // A kernel that does not answer is a defect somewhere: an error after ten seconds beats a daemon that hangs.
        LinuxException.Check(setsockopt(descriptor.Number, SOL_SOCKET, SO_RCVTIMEO, [10, 0, 0, 0], 16), "setsockopt",
            "netlink");
    }

    /// <summary>Sends one request and waits for its acknowledgement.</summary>
    public void Execute(NetlinkMessage message) => Execute([message]);

    /// <summary>Sends requests in order. All are tried; the first that fails with an untolerated errno is
    /// thrown.</summary>
    public void Execute(IReadOnlyList<NetlinkMessage> messages)
    {
        lock (gate)
        {
            NetlinkException? failure = null;
            for (var start = 0; start < messages.Count; start += BatchSize)
            {
                var batch = messages.Skip(start).Take(BatchSize).ToList();
                var first = SendBatch(batch, NetlinkFlags.Ack);
                failure ??= CollectAcks(batch, first);
            }

            if (failure is not null)
                throw failure;
        }
    }

    /// <summary>Sends messages of which the kernel takes all or none; the first and the last say where that begins and
    /// ends.</summary>
    /// <exception cref="NetlinkException">None was taken; says which was refused first.</exception>
    public void Transact(IReadOnlyList<NetlinkMessage> messages)
    {
        lock (gate)
        {
            unread.Clear(); // Of an answer that was given up.
            var last = messages.Count - 2;
            var first = Send(messages.Select((message, index) => (message, index == last ? NetlinkFlags.Ack : NetlinkFlags.None)));
            // All that the kernel has to say is there by now. What it refuses as a whole it tells of the first message only.
            var isAcknowledged = false;
            while (unread.TryDequeue(out var answer) || FillQueue(MSG_DONTWAIT))
            {
                if (answer is null)
                    continue;
                var index = BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(8)) - first;
                if (index >= messages.Count || BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(4)) != NLMSG_ERROR)
                    continue;
                var flags = (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(6));
                if (Failure.Read(isAck: true, flags, answer.AsSpan(NetlinkMessage.HeaderSize)) is { } failure)
                    throw failure.ToException(messages[(int)index]);
                isAcknowledged |= index == last;
            }

            if (!isAcknowledged)
                throw new NetlinkException(messages[last].Operation, Errno.ENODATA, "the kernel says nothing to it");
        }
    }

    /// <summary>Sends one request that the kernel answers with one message. Null: ENODEV or ENOENT.</summary>
    public byte[]? Query(NetlinkMessage message)
    {
        lock (gate)
        {
            byte[]? answer = null;
            var first = SendBatch([message], NetlinkFlags.Ack);
            var error = Receive(first, (_, payload) => answer = payload.ToArray());
            if (error is { Errno: Errno.ENODEV or Errno.ENOENT })
                return null;
            return error is null ? answer : throw error.ToException(message);
        }
    }

    /// <summary>Asks for everything; repeated when the table changed under the kernel's hands.</summary>
    public List<byte[]> Dump(NetlinkMessage message)
    {
        lock (gate)
        {
            for (var attempt = 1; ; attempt++)
            {
                var entries = new List<byte[]>();
                var interrupted = false;
                var first = SendBatch([message], NetlinkFlags.Dump);
                var error = Receive(first, (flags, payload) =>
                {
                    interrupted |= flags.HasFlag(NetlinkFlags.DumpInterrupted);
                    entries.Add(payload.ToArray());
                });
                if (error is not null)
                    throw error.ToException(message);
                if (!interrupted || attempt == DumpAttempts)
                    return entries;
            }
        }
    }

    /// <summary>From now on the kernel sends what is multicast to a group. For sockets that ask nothing.</summary>
    public void Join(int group)
    {
        // A socket without a number of its own would pass for the sender of what the kernel sends, and get nothing.
        ReadOnlySpan<byte> address = [AF_NETLINK, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        if (!isBound)
            LinuxException.Check(bind(descriptor.Number, address, (uint)address.Length), "bind", "netlink");
        isBound = true;
        Set(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
    }

    /// <summary>Throws away what was multicast to this socket. Never waits.</summary>
    /// <returns>Was there anything? Also when there was so much that the kernel dropped some.</returns>
    public bool Drain()
    {
        lock (gate)
        {
            Span<byte> head = stackalloc byte[NetlinkMessage.HeaderSize]; // The rest of a message is cut off.
            for (var any = false; ; any = true)
            {
                if (Receive(head, MSG_DONTWAIT) >= 0 || LastErrno() == Errno.ENOBUFS)
                    continue;
                return LastErrno() == Errno.EAGAIN
                    ? any : throw new LinuxException("recv", "netlink", LastErrno());
            }
        }
    }

    public void Dispose() => descriptor.Dispose();

    private uint SendBatch(IEnumerable<NetlinkMessage> batch, NetlinkFlags extra) => Send(batch.Select(message => (message, extra)));

    /// <returns>Number of the first message; the others follow.</returns>
    private uint Send(IEnumerable<(NetlinkMessage Message, NetlinkFlags Extra)> batch)
    {
        var first = sequence + 1;
        var bytes = new List<byte>();
        var operation = "";
        foreach (var (message, extra) in batch)
        {
            bytes.AddRange(message.Seal(++sequence, message.Flags | extra));
            operation = message.Operation;
        }

        var span = CollectionsMarshal.AsSpan(bytes);
        long sent;
        while ((sent = send(descriptor.Number, span, (nuint)span.Length, 0)) < 0 && LastErrno() == Errno.EINTR)
        {
        }

        LinuxException.Check(sent, "send", operation);
        return first;
    }

    private NetlinkException? CollectAcks(List<NetlinkMessage> batch, uint first)
    {
        NetlinkException? failure = null;
        for (var i = 0; i < batch.Count; i++)
        {
            var error = Receive(first + (uint)i, static (_, _) => { });
            if (error is not null && !batch[i].Tolerated.Contains(error.Errno))
                failure ??= error.ToException(batch[i]);
        }

        return failure;
    }

    private readonly Queue<byte[]> unread = new();

    /// <summary>Reads until the answer numbered <paramref name="wanted"/> is complete.</summary>
    private Failure? Receive(uint wanted, Action<NetlinkFlags, ReadOnlySpan<byte>> onMessage)
    {
        while (true)
        {
            if (!unread.TryDequeue(out var message))
            {
                FillQueue(flags: 0);
                continue;
            }

            var type = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(4));
            var flags = (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(6));
            if (BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(8)) != wanted)
                continue; // The rest of an answer that was given up.
            var payload = message.AsSpan(NetlinkMessage.HeaderSize);
            if (type is NLMSG_ERROR or NLMSG_DONE)
                return Failure.Read(type == NLMSG_ERROR, flags, payload);
            onMessage(flags, payload);
        }
    }

    /// <returns>False: there is nothing, and it was not to wait.</returns>
    private bool FillQueue(int flags)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveSize);
        try
        {
            var received = Receive(buffer, flags);
            if (received < 0 && flags == MSG_DONTWAIT && LastErrno() == Errno.EAGAIN)
                return false;
            LinuxException.Check(received, "recv", "netlink");
            var rest = buffer.AsSpan(0, (int)received);
            while (rest.Length >= NetlinkMessage.HeaderSize)
            {
                var size = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (size < NetlinkMessage.HeaderSize || size > rest.Length)
                    break;
                unread.Enqueue(rest[..size].ToArray());
                rest = rest[Math.Min(rest.Length, (size + 3) & ~3)..];
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private long Receive(Span<byte> buffer, int flags)
    {
        long received;
        while ((received = recv(descriptor.Number, buffer, (nuint)buffer.Length, flags)) < 0
            && LastErrno() == Errno.EINTR)
        {
        }

        return received;
    }

    private void Set(int level, int option, int value) =>
        LinuxException.Check(setsockopt(descriptor.Number, level, option, [value], 4), "setsockopt",
            $"netlink {option}");

    private static Errno LastErrno() => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>A negative acknowledgement.</summary>
    private sealed record Failure(Errno Errno, string? Text)
    {
        public NetlinkException ToException(NetlinkMessage message) => new(message.Operation, Errno, Text);

        public static Failure? Read(bool isAck, NetlinkFlags flags, ReadOnlySpan<byte> payload)
        {
            var code = payload.Length >= 4 ? -BinaryPrimitives.ReadInt32LittleEndian(payload) : 0;
            if (code <= 0)
                return null;
            // An acknowledgement repeats the request's header, its body too unless capped; the attributes come after.
            var skip = isAck && payload.Length >= 8
                ? 4 + (flags.HasFlag(Capped) ? 16 : BinaryPrimitives.ReadInt32LittleEndian(payload[4..]))
                : 4;
            var text = flags.HasFlag(AckAttributes) && skip <= payload.Length
                ? new NetlinkAttributes(payload[skip..]).Text(NLMSGERR_ATTR_MSG)
                : null;
            return new Failure((Errno)code, text);
        }
    }

    private sealed class Descriptor : SafeHandleMinusOneIsInvalid
    {
        public Descriptor(int fd) : base(ownsHandle: true) => SetHandle(fd);

        public int Number => (int)handle;

        protected override bool ReleaseHandle() => close((int)handle) == 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, ReadOnlySpan<byte> address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, ReadOnlySpan<int> value, uint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long send(int fd, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long recv(int fd, Span<byte> buffer, nuint length, int flags);
}
