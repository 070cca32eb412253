using Orchestrator.Linux.Nftables;
using Orchestrator.Testing;

namespace Orchestrator.Linux.Tests.Netlink;

public sealed class NftTests
{
    [RootFact]
    public void A_script_with_a_fault_in_its_last_line_leaves_nothing()
    {
        using var scratch = new ScratchNamespace();

        var error = Assert.Throws<NftException>(() =>
            Nft.Apply(scratch.Namespace, "add table ip orch_a\nadd rule ip orch_a nochain accept\n"));

        Assert.Contains("No such file or directory", error.Message, StringComparison.Ordinal);
        Assert.Equal("", Nft.List(scratch.Namespace, "list tables").Trim());
    }

    /// <summary>The library's own way of waiting ends the process there.</summary>
    [RootFact]
    public void It_works_in_a_process_with_more_than_1024_open_files()
    {
        using var scratch = new ScratchNamespace();
        NftSession.Open(scratch.Namespace).Dispose();
        var files = Enumerable.Range(0, 1100).Select(_ => File.OpenHandle("/dev/null")).ToList();

        try
        {
            Nft.Apply(scratch.Namespace, "table ip orch_a { }\n");
            var error = Assert.Throws<NftException>(() => Nft.Apply(scratch.Namespace, "add chain ip orch_b c\n"));

            Assert.Contains("No such file or directory", error.Message, StringComparison.Ordinal);
            Assert.Equal("table ip orch_a", Nft.List(scratch.Namespace, "list tables").Trim());
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    [RootFact]
    public void A_table_is_in_the_namespace_asked_for_and_in_no_other()
    {
        using var one = new ScratchNamespace();
        using var two = new ScratchNamespace();

        Nft.Apply(one.Namespace, "table ip orch_a { map m { type ipv4_addr : ipv4_addr\n elements = { 10.0.0.1 : 10.0.0.2 }\n }\n }\n");

        Assert.Contains("10.0.0.1 : 10.0.0.2", Nft.List(one.Namespace, "list ruleset"), StringComparison.Ordinal);
        Assert.Equal("", Nft.List(two.Namespace, "list ruleset").Trim());
    }
}
