"""Getting a lead to its destinations: claim, attempt, record, schedule.

queue      who is due, and whose turn it is: every statement on `due` and `lane`
loading    reads what claimed deliveries need, in batches
orders     what a delivery sends: the values read become an order for a platform
attempt    one try, and what follows from it
backoff    when to try again
record     what a batch of tries came to, written in one transaction
followers  those that wait for another, and what becomes of them
worker     the loop around these
upkeep     what must stand ready for it: partitions ahead, a lane for everyone who is owed something
replay     trying a delivery again, or sending it again
"""
