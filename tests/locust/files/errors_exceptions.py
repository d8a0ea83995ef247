# What tasks raise: any exception, the rescheduling ones, and what user_error hears of them.
from locust import HttpUser, TaskSet, constant, events, task
from locust.exception import RescheduleTask, RescheduleTaskImmediately, StopUser


@events.user_error.add_listener
def on_user_error(user_instance, exception, tb, **kwargs):
    print("user_error", type(user_instance).__name__, repr(exception), tb is not None)


class Raises(HttpUser):
    wait_time = constant(0.01)
    steps = 0

    @task
    def step(self):
        self.steps += 1
        self.client.get("/", name=f"step {self.steps}")
        if self.steps == 1:
            raise ValueError("a value")
        if self.steps == 2:
            raise RescheduleTask()
        if self.steps == 3:
            raise RescheduleTaskImmediately()
        if self.steps == 4:
            {}["missing"]
        if self.steps == 5:
            raise StopUser()
