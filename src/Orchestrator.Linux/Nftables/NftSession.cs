using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>Runs nft scripts in one namespace, in this process: one call is one transaction, all of it or
/// nothing.</summary>
/// <remarks>
/// Its socket belongs to the namespace it was opened in; any thread may use it. Closing it is what costs: the kernel
/// then waits, some twenty milliseconds, for what the last transaction deleted. So a session that is used often is
/// kept, and <see cref="Nft.Apply"/> leaves the closing to the background. Source: libnftables(3).
/// </remarks>
public sealed partial class NftSession : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>What select(2) has room for.</summary>
    private const int SelectLimit = 1024;

    // The library keeps global state (symbol tables, the parser): one call at a time, in whatever session.
    private static readonly Lock Gate = new();

    private NftSession(nint context) : base(ownsHandle: true)
    {
        SetHandle(context);
        _ = nft_ctx_buffer_output(context);
        _ = nft_ctx_buffer_error(context);
    }

    /// <summary>For the namespace of the calling thread.</summary>
    public static NftSession Open()
    {
        OwnDescriptors.Reserve();
        lock (Gate)
            return New();
    }

    public static NftSession Open(NetNamespace ns) => ns.Run(Open);

    /// <summary>For the namespace of the calling thread, with a socket whose number is surely low enough for the
    /// library.</summary>
    /// <returns>Null: it would be too high, or others open so many files just now that nobody can tell.</returns>
    internal static NftSession? TryOpenLow()
    {
        OwnDescriptors.Reserve();
        lock (Gate)
        {
            var number = OwnDescriptors.LowestFree();
            if (number >= SelectLimit)
                return null;
            var session = New();
            if (OwnDescriptors.IsNetfilterSocket(number))
                return session;
            session.Dispose(); // Somebody else was quicker, so it has another number.
            return null;
        }
    }

    /// <returns>What a listing command printed; empty for others.</returns>
    /// <exception cref="NftException">Nothing of the script was applied.</exception>
    public string Run(string script)
    {
        lock (Gate)
        {
            if (nft_run_cmd_from_buffer(handle, script) != 0)
                throw new NftException(script, Text(nft_ctx_get_error_buffer(handle)));
            return Text(nft_ctx_get_output_buffer(handle));
        }
    }

    private static NftSession New()
    {
        var context = nft_ctx_new(0);
        return context != 0
            ? new NftSession(context)
            : throw new NftException("", "libnftables cannot open a netlink socket");
    }

    protected override bool ReleaseHandle()
    {
        nft_ctx_free(handle);
        return true;
    }

    private static string Text(nint buffer) => Marshal.PtrToStringUTF8(buffer) ?? "";

    [LibraryImport("libnftables.so.1")]
    private static partial nint nft_ctx_new(uint flags);

    [LibraryImport("libnftables.so.1")]
    private static partial void nft_ctx_free(nint context);

    [LibraryImport("libnftables.so.1")]
    private static partial int nft_ctx_buffer_output(nint context);

    [LibraryImport("libnftables.so.1")]
    private static partial int nft_ctx_buffer_error(nint context);

    [LibraryImport("libnftables.so.1")]
    private static partial nint nft_ctx_get_output_buffer(nint context);

    [LibraryImport("libnftables.so.1")]
    private static partial nint nft_ctx_get_error_buffer(nint context);

    [LibraryImport("libnftables.so.1", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int nft_run_cmd_from_buffer(nint context, string script);
}
