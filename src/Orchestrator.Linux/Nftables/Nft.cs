using System.Runtime.InteropServices;
using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>Runs nft scripts in this process: one call is one transaction, all of it or nothing.</summary>
/// <remarks>
/// Source: libnftables(3). A context's socket belongs to the namespace it was opened in, so a context is made inside
/// and thrown away after: about half a millisecond, against sixteen for a process. The library keeps global state
/// (symbol tables, the parser), so calls are made one at a time.
/// </remarks>
public static partial class Nft
{
    private static readonly Lock Gate = new();

    /// <summary>Applies a script in a namespace.</summary>
    /// <exception cref="NftException">Nothing of the script was applied.</exception>
    public static void Apply(NetNamespace ns, string script) => ns.Run(() => Execute(script));

    /// <summary>Applies a script in the namespace of the calling thread.</summary>
    public static void Apply(string script) => Execute(script);

    /// <summary>Output of a listing command, for people and tests; programs keep their own model.</summary>
    public static string List(NetNamespace ns, string command) => ns.Run(() => Execute(command));

    private static string Execute(string script)
    {
        lock (Gate)
        {
            var context = nft_ctx_new(0);
            if (context == 0)
                throw new NftException(script, "libnftables cannot open a netlink socket");
            try
            {
                _ = nft_ctx_buffer_output(context);
                _ = nft_ctx_buffer_error(context);
                if (nft_run_cmd_from_buffer(context, script) != 0)
                    throw new NftException(script, Text(nft_ctx_get_error_buffer(context)));
                return Text(nft_ctx_get_output_buffer(context));
            }
            finally
            {
                nft_ctx_free(context);
            }
        }
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
