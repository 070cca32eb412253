using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Network.Addressing;

namespace Orchestrator.Network.Tests.Addressing;

public sealed class AddressAllocatorTests
{
    [Fact]
    public void However_addresses_come_and_go_none_is_given_twice_and_none_that_is_reserved() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), Gen.Choose(20, 30).ToArbitrary(), (steps, prefix) =>
        {
            var subnet = Subnet.Parse($"10.1.0.0/{prefix}");
            var (used, last) = (new HashSet<uint> { subnet.First + 1 }, 0u);
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

    [Fact]
    public void A_freed_address_is_reused_last()
    {
        var subnet = Subnet.Parse("10.1.0.0/24");

        Assert.Equal(subnet.First + 6, AddressAllocator.Next(subnet, subnet, new HashSet<uint>(), subnet.First + 5));
    }

    [Fact]
    public void Only_addresses_of_the_range_are_given()
    {
        var (subnet, range) = (Subnet.Parse("10.1.0.0/16"), Subnet.Parse("10.1.7.0/30"));
        var used = new HashSet<uint>();

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

        var next = AddressAllocator.NextSubnet(SubnetPool.Defaults, taken);

        Assert.Equal(Subnet.Parse("172.24.0.0/16"), next);
    }

    [Theory]
    [InlineData("10.1.0.0")]
    [InlineData("10.1/16")]
    [InlineData("10.1.0.0/33")]
    [InlineData("fd00::/64")]
    [InlineData("")]
    public void What_is_no_block_is_refused_with_an_example(string text)
    {
        var error = Assert.Throws<NetworkException>(() => Subnet.Parse(text));

        Assert.Contains("10.1.0.0/24", error.Message, StringComparison.Ordinal);
    }
}
