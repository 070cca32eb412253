using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Network.Addressing;

namespace Orchestrator.Network.Tests.Addressing;

public sealed class AddressAllocatorTests
{
    [Theory]
    [InlineData("10.1.0.0", 20, 30)]
    [InlineData("fd00:1::", 64, 126)]
    public void However_addresses_come_and_go_none_is_given_twice_and_none_that_is_reserved(
        string block, int largest, int smallest) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), Gen.Choose(largest, smallest).ToArbitrary(), (steps, prefix) =>
        {
            var subnet = Subnet.Parse($"{block}/{prefix}");
            var (used, last) = (new HashSet<UInt128> { subnet.First + 1 }, UInt128.Zero);
            foreach (var step in steps)
            {
                if (step % 3 == 0)
                {
                    used.Remove(used.ElementAtOrDefault(1));
                    continue;
                }

                if (AddressAllocator.Next(subnet, subnet, used, last) is not { } address)
                    continue;
                if (!used.Add(address) || address == subnet.First || address == subnet.Last || !subnet.Contains(address))
                    return false;
                last = address;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_full_network_has_no_next_address_and_one_freed_is_found()
    {
        var subnet = Subnet.Parse("10.1.0.0/29");
        var used = Enumerable.Range(1, 6).Select(n => subnet.First + (uint)n).ToHashSet();

        Assert.Null(AddressAllocator.Next(subnet, subnet, used, subnet.First + 3));
        used.Remove(subnet.First + 2);
        Assert.Equal(subnet.First + 2, AddressAllocator.Next(subnet, subnet, used, subnet.First + 3));
    }

    [Theory]
    [InlineData("10.1.0.0/24")]
    [InlineData("fd00:1::/64")]
    public void A_freed_address_is_reused_last(string block)
    {
        var subnet = Subnet.Parse(block);

        Assert.Equal(subnet.First + 6, AddressAllocator.Next(subnet, subnet, new HashSet<UInt128>(), subnet.First + 5));
    }

    [Fact]
    public void Only_addresses_of_the_range_are_given()
    {
        var (subnet, range) = (Subnet.Parse("10.1.0.0/16"), Subnet.Parse("10.1.7.0/30"));
        var used = new HashSet<UInt128>();

        for (var i = 0; i < 4; i++)
            used.Add(AddressAllocator.Next(subnet, range, used, 0)!.Value);

        Assert.Equal(Enumerable.Range(0, 4).Select(n => range.First + (uint)n), used.Order());
        Assert.Null(AddressAllocator.Next(subnet, range, used, 0));
    }

    [Fact]
    public void A_new_subnet_overlaps_none_that_is_taken()
    {
        var taken = new[] { Subnet.Parse("172.17.0.0/16"), Subnet.Parse("172.18.5.0/24"),
            Subnet.Parse("172.16.0.0/13") };

        var next = AddressAllocator.NextSubnet(SubnetPool.Defaults, isIPv6: false, taken);

        Assert.Equal(Subnet.Parse("172.24.0.0/16"), next);
    }

    [Fact]
    public void A_node_cuts_its_subnets_of_IPv6_from_a_block_of_unique_local_addresses_of_its_own()
    {
        var (one, other) = (SubnetPool.Complete([], "one"), SubnetPool.Complete([], "other"));
        var taken = new List<Subnet>();

        for (var i = 0; i < 3; i++)
            taken.Add(AddressAllocator.NextSubnet(one, isIPv6: true, taken)!.Value);

        Assert.All(taken, subnet => Assert.True(Subnet.Parse("fd00::/8").Contains(subnet) && subnet.PrefixLength == 64));
        Assert.Equal([0, 1, 2], taken.Select(subnet => (int)(subnet.First - taken[0].First >> 64)));
        Assert.False(AddressAllocator.NextSubnet(other, isIPv6: true, [])!.Value.Overlaps(Subnet.Parse(one[^1].Base)));
        Assert.Equal(one.AsEnumerable(), SubnetPool.Complete([], "one"));
    }

    [Fact]
    public void A_large_block_that_is_taken_is_stepped_over_at_once()
    {
        var taken = new[] { Subnet.Parse("fd00::/9"), Subnet.Parse("fd80::/65") };

        var next = AddressAllocator.NextSubnet([new SubnetPool("fd00::/8", 64)], isIPv6: true, taken);

        Assert.Equal(Subnet.Parse("fd80:0:0:1::/64"), next);
        Assert.Null(AddressAllocator.NextSubnet([new SubnetPool("fd00::/9", 64)], isIPv6: true, taken));
    }

    [Theory]
    [InlineData("10.1.0.0")]
    [InlineData("10.1/16")]
    [InlineData("10.1.0.0/33")]
    [InlineData("fd00::/129")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("")]
    public void What_is_no_block_is_refused_with_an_example(string text)
    {
        var error = Assert.Throws<NetworkException>(() => Subnet.Parse(text));

        Assert.Contains("10.1.0.0/24", error.Message, StringComparison.Ordinal);
    }
}
