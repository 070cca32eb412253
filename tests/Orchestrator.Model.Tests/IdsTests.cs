namespace Orchestrator.Model.Tests;

public sealed class IdsTests
{
    [Fact]
    public void An_identifier_has_25_lower_case_letters_and_digits_and_is_not_drawn_twice()
    {
        var drawn = Enumerable.Range(0, 1000).Select(_ => Identifier.New()).ToArray();

        Assert.All(drawn, id => Assert.Matches("^[0-9a-z]{25}$", id));
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
    }

    [Fact]
    public void Ids_are_ordered_byte_by_byte_so_that_every_manager_orders_them_alike()
    {
        TaskId[] tasks = [new("b"), new("a1"), new("B"), new("a"), new("a-")];

        Assert.Equal(["B", "a", "a-", "a1", "b"], tasks.Order().Select(t => t.ToString()));
    }
}
