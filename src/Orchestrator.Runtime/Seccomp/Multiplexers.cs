namespace Orchestrator.Runtime.Seccomp;

/// <summary>i386 has two calls that stand for many, told apart by their first argument: a rule for <c>socket</c> has to
/// hold for <c>socketcall(SYS_SOCKET, …)</c> as well. Sources: linux/net.h, linux/ipc.h.</summary>
internal static class Multiplexers
{
    private static readonly string[] SocketCalls =
    [
        "", "socket", "bind", "connect", "listen", "accept", "getsockname", "getpeername", "socketpair", "send", "recv",
        "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg", "accept4", "recvmmsg",
        "sendmmsg",
    ];

    private static readonly string[] IpcCalls =
    [
        "", "semop", "semget", "semctl", "semtimedop", "", "", "", "", "", "", "msgsnd", "msgrcv", "msgget", "msgctl",
        "", "", "", "", "", "", "shmat", "shmdt", "shmget", "shmctl",
    ];

    /// <returns>Whether <paramref name="name"/> can be called by way of another, and then that one's name and what its
    /// first argument is.</returns>
    public static bool TryFind(string name, out string multiplexer, out uint selector)
    {
        (multiplexer, selector) = ("socketcall", Index(SocketCalls, name));
        if (selector == 0)
            (multiplexer, selector) = ("ipc", Index(IpcCalls, name));
        return selector != 0;
    }

    private static uint Index(string[] calls, string name) => (uint)Math.Max(0, Array.IndexOf(calls, name));
}
